import Base

/// Formulas that stand on lines of their own between `$$`, which become code blocks.
///
/// md4c would read their backslashes and stars as Markdown.
enum MathBlocks {
    /// `source` with code fences in the place of each pair of `$$` that begins and ends a line of one paragraph.
    static func fenced(_ source: [UInt8]) -> [UInt8] {
        guard holdsDollars(source[...]) else { return source }
        let lines = SourceLines(source).lines
        var output: [UInt8] = []
        output.reserveCapacity(source.count + 64)
        var number = 0
        while number < lines.count {
            if let last = lastLine(ofFormulaAt: number, lines, source) {
                append(lines[number...last], of: source, to: &output)
                number = last
            } else {
                output.append(contentsOf: source[lines[number].start..<lines[number].next])
            }
            number += 1
        }
        return output
    }

    private static let dollar = UInt8(ascii: "$")

    /// The line that ends the formula which line `first` begins; as on GitHub, a blank line ends the search.
    private static func lastLine(ofFormulaAt first: Int, _ lines: [SourceLine], _ source: [UInt8]) -> Int? {
        let start = lines[first]
        guard !start.isVerbatim, !start.isHTML, source[start.text..<start.end].starts(with: "$$".utf8) else {
            return nil
        }
        var number = first
        while number < lines.count, !lines[number].isBlank, lines[number].quotes == start.quotes {
            let text =
                number == first ? source[start.text + 2..<start.end] : source[lines[number].start..<lines[number].end]
            let content = trimmed(text)
            let isLast = content.suffix(2).elementsEqual("$$".utf8)
            let formula = isLast ? content.dropLast(2) : content
            // `$$` in the middle of a line: formulas in running text.
            if holdsDollars(formula) || (isLast && number == first && formula.isEmpty) { return nil }
            if isLast { return number }
            number += 1
        }
        return nil
    }

    private static func holdsDollars(_ text: ArraySlice<UInt8>) -> Bool {
        text.indices.dropLast().contains { text[$0] == dollar && text[$0 + 1] == dollar }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        withoutTrailingSpace(text.drop(while: \.isSpace))
    }

    private static func withoutTrailingSpace(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        text[..<(text.lastIndex { !$0.isSpace }.map { $0 + 1 } ?? text.startIndex)]
    }

    private static func append(_ lines: ArraySlice<SourceLine>, of source: [UInt8], to output: inout [UInt8]) {
        guard let first = lines.first, let last = lines.last else { return }
        // Longer than any run of backticks inside.
        var longest = 2
        var run = 0
        for byte in source[first.text..<last.end] {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = [UInt8](repeating: UInt8(ascii: "`"), count: longest + 1)
        let prefix = source[first.start..<first.text]
        let inner = prefix.map { $0 == UInt8(ascii: ">") || $0 == 0x09 ? $0 : 0x20 }
        output.append(contentsOf: prefix)
        output.append(contentsOf: fence)
        output.append(contentsOf: "math\n".utf8)
        for line in lines {
            var text = source[line.start..<line.end]
            if line.start == last.start { text = withoutTrailingSpace(text).dropLast(2) }
            if line.start == first.start { text = text[(first.text + 2)...] }
            // A line with nothing but the mark has no part of the formula.
            let isEdge = line.start == first.start || line.start == last.start
            if isEdge, text.allSatisfy({ $0.isSpace || $0 == UInt8(ascii: ">") }) { continue }
            if line.start == first.start {
                output.append(contentsOf: inner)
                text = trimmed(text)
            }
            output.append(contentsOf: text)
            output.append(0x0A)
        }
        output.append(contentsOf: inner)
        output.append(contentsOf: fence)
        output.append(0x0A)
    }
}
