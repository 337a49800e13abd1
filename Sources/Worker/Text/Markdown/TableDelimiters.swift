import Base

/// The lines under table heads (`|-|:-:|`), made long enough for md4c.
///
/// GitHub accepts a single dash for a column; md4c 0.4.8 needs three characters to recognize a table.
enum TableDelimiters {
    private static let pipe = UInt8(ascii: "|")
    private static let dash = UInt8(ascii: "-")

    /// `source` with the short ones lengthened, except inside code fences.
    static func lengthened(_ source: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(source.count)
        var fence: CodeFence?
        var isUnderHead = false
        var start = 0
        while start < source.count {
            let end = source[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? source.count
            let line = source[start..<end]
            let content = line.drop { $0.isSpace || $0 == UInt8(ascii: ">") }
            if let open = fence {
                if open.isClosed(by: content) { fence = nil }
                output.append(contentsOf: line)
            } else {
                fence = CodeFence(opening: withoutItemMarks(content))
                if isUnderHead, isDelimiter(content) {
                    output.append(contentsOf: line[..<content.startIndex])
                    lengthen(content, into: &output)
                } else {
                    output.append(contentsOf: line)
                }
            }
            isUnderHead = fence == nil && line.contains(pipe)
            start = end
        }
        return output
    }

    /// `line` without the marks of list items that begin in it: a fence may stand behind them.
    private static func withoutItemMarks(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let first = line.first {
            let digits = line.prefix(10).prefix(while: \.isDigit).count
            let isMark =
                digits > 0
                ? digits < 10 && line.dropFirst(digits).first.map(".)".utf8.contains) == true
                : "-+*".utf8.contains(first)
            guard isMark, line.dropFirst(digits + 1).first?.isSpace == true else { break }
            line = line.dropFirst(digits + 1).drop(while: \.isSpace)
        }
        return line
    }

    /// Whether a line consists of cells of dashes, with a colon before or after; `- |` is more likely a list.
    private static func isDelimiter(_ content: ArraySlice<UInt8>) -> Bool {
        guard content.contains(pipe), content.contains(dash), !content.starts(with: "- ".utf8) else { return false }
        return content.allSatisfy { $0 == pipe || $0 == dash || $0 == UInt8(ascii: ":") || $0.isSpace }
    }

    private static func lengthen(_ content: ArraySlice<UInt8>, into output: inout [UInt8]) {
        var run = 0
        for byte in content {
            if byte == dash {
                run += 1
            } else {
                if run > 0, run < 3 { output.append(contentsOf: repeatElement(dash, count: 3 - run)) }
                run = 0
            }
            output.append(byte)
        }
        if run > 0, run < 3 { output.append(contentsOf: repeatElement(dash, count: 3 - run)) }
    }
}
