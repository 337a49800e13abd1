/// The definitions of footnotes (`[^1]: note`), kept from being read as those of links.
///
/// md4c 0.4.8 knows no footnotes: to it, one of a single word defines a link named `^1`, and vanishes.
enum FootnoteDefinitions {
    /// `source` with a NUL before each label that could start a definition.
    ///
    /// The text then starts with something else, and a NUL never shows, not even in code: so this may mark too much.
    static func marked(_ source: [UInt8]) -> [UInt8] {
        guard hasLabel(source) else { return source }
        var output: [UInt8] = []
        output.reserveCapacity(source.count + 64)
        var lineStart = 0
        while lineStart < source.count {
            let lineEnd = source[lineStart...].firstIndex(where: isLineEnd).map { $0 + 1 } ?? source.count
            let text = textStart(in: source[lineStart..<lineEnd])
            output.append(contentsOf: source[lineStart..<text])
            if startsWithLabel(source[text..<lineEnd]) { output.append(0) }
            output.append(contentsOf: source[text..<lineEnd])
            lineStart = lineEnd
        }
        return output
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    private static func hasLabel(_ source: [UInt8]) -> Bool {
        source.indices.dropLast().contains { source[$0] == UInt8(ascii: "[") && source[$0 + 1] == UInt8(ascii: "^") }
    }

    /// Where the text of a line begins, behind the marks of quotes and list items.
    private static func textStart(in line: ArraySlice<UInt8>) -> Int {
        var rest = line
        while let first = rest.first {
            if first.isSpace || first == UInt8(ascii: ">") {
                rest.removeFirst()
                continue
            }
            let digits = rest.prefix(9).prefix(while: \.isDigit).count
            let mark = rest.dropFirst(digits).prefix(2)
            let isMark =
                switch mark.first {
                case UInt8(ascii: "."), UInt8(ascii: ")"): digits > 0
                case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*"): digits == 0
                default: false
                }
            guard isMark, mark.count == 2, mark.last?.isSpace == true else { break }
            rest = rest[mark.endIndex...]
        }
        return rest.startIndex
    }

    private static func startsWithLabel(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.starts(with: "[^".utf8) else { return false }
        let label = text.dropFirst(2).prefix { !$0.isSpace && $0 != UInt8(ascii: "]") }
        return !label.isEmpty && text[label.endIndex...].starts(with: "]:".utf8)
    }
}
