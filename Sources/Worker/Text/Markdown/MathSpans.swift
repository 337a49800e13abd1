import Base

/// Formulas in running text (`$x$`, `$$x$$` and `` $`x`$ ``), which stay as they are written.
///
/// Those between `$$` may reach over several lines.
enum MathSpans {
    private static let dollar = UInt8(ascii: "$")

    /// `source` with the punctuation of formulas shielded.
    static func shielded(_ source: [UInt8]) -> [UInt8] {
        guard source.contains(dollar) else { return source }
        var output: [UInt8] = []
        output.reserveCapacity(source.count + 64)
        var copied = 0
        for range in Paragraphs.ranges(in: source) where source[range].contains(dollar) {
            for formula in formulas(in: source, range) {
                output.append(contentsOf: source[copied..<formula.lowerBound])
                append(source[formula], to: &output)
                copied = formula.upperBound
            }
        }
        output.append(contentsOf: source[copied...])
        return output
    }

    /// Whether there is a formula in `source`.
    static func areIn(_ source: [UInt8]) -> Bool {
        source.contains(dollar) && Paragraphs.ranges(in: source).contains { !formulas(in: source, $0).isEmpty }
    }

    /// What stands between the dollars of each formula.
    private static func formulas(in source: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
        var formulas: [Range<Int>] = []
        var code = CodeSpans.ranges(in: source, range)[...]
        var index = range.lowerBound
        while index < range.upperBound {
            while let span = code.first, span.upperBound <= index { code.removeFirst() }
            if let span = code.first, span.lowerBound == index {
                index = span.upperBound
            } else if source[index] == UInt8(ascii: "\\") {
                index += 2
            } else if source[index] == dollar {
                let next = code.first ?? range.upperBound..<range.upperBound
                guard let formula = formula(in: source, at: index, before: range.upperBound, code: next) else {
                    // The second dollar of `$$` begins no formula either.
                    index = source[index..<range.upperBound].firstIndex { $0 != dollar } ?? range.upperBound
                    continue
                }
                formulas.append(formula)
                index = formula.upperBound + (formula.lowerBound - index)
            } else {
                index += 1
            }
        }
        return formulas
    }

    /// The formula whose first dollar is at `start`; `code` is the next code span.
    ///
    /// It ends at the next dollar, which for a single `$` must stand in the same line, or it is no formula: `$5 and
    /// $10` are prices.
    private static func formula(in source: [UInt8], at start: Int, before end: Int, code: Range<Int>) -> Range<Int>? {
        if start > 0, source[start - 1].isWord { return nil }
        if !code.isEmpty, code.lowerBound == start + 1, source[start + 2] != UInt8(ascii: "`") {
            return code.upperBound < end && source[code.upperBound] == dollar ? code : nil
        }
        let isDisplay = start + 1 < end && source[start + 1] == dollar
        let begin = start + (isDisplay ? 2 : 1)
        guard begin < end, !source[begin].isSpace || isDisplay, source[begin] != dollar else { return nil }
        var index = begin
        while index < min(end, code.lowerBound), source[index] != dollar {
            if !isDisplay, source[index] == 0x0A || source[index] == 0x0D { return nil }
            index += source[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < min(end, code.lowerBound), source[index] == dollar else { return nil }
        let behind = index + (isDisplay ? 2 : 1)
        if isDisplay {
            return behind <= end && source[index + 1] == dollar ? begin..<index : nil
        }
        guard !source[index - 1].isSpace, behind >= end || !(source[behind].isWord || source[behind] == dollar) else {
            return nil
        }
        return begin..<index
    }

    private static func append(_ formula: ArraySlice<UInt8>, to output: inout [UInt8]) {
        var isEscaped = false
        var isLineStart = false
        for byte in formula {
            // Unless it is escaped, a pipe ends the cell of a table even within a formula.
            let isPipe = byte == UInt8(ascii: "|") && !isEscaped
            let isQuoteMark = byte == UInt8(ascii: ">") && isLineStart
            if byte.isPunctuation, !isPipe, !isQuoteMark {
                Shield.append(byte, to: &output)
            } else {
                output.append(byte)
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            isLineStart = byte == 0x0A || byte == 0x0D || isLineStart && (byte == 0x20 || isQuoteMark)
        }
    }
}
