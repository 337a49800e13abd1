import Base

/// Tags of XML with a namespace (`<soap:Body>`), which md4c takes for addresses in angle brackets.
enum ForeignTags {
    private static let longestScheme = 32

    /// `source` with the brackets of such tags shielded.
    static func shielded(_ source: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var copied = 0
        var index = 0
        while let bracket = source[index...].firstIndex(of: UInt8(ascii: "<")) {
            index = bracket + 1
            guard isForeign(source[index...]), !isDestination(bracket, in: source) else { continue }
            output.append(contentsOf: source[copied..<bracket])
            Shield.append(UInt8(ascii: "<"), to: &output)
            copied = index
        }
        guard copied > 0 else { return source }
        output.append(contentsOf: source[copied...])
        return output
    }

    /// Whether `text` looks like a name with a prefix and not like an address.
    private static func isForeign(_ text: ArraySlice<UInt8>) -> Bool {
        let isEnd = text.first == UInt8(ascii: "/")
        let rest = isEnd ? text.dropFirst() : text
        let prefix = rest.prefix(longestScheme + 1).prefix { $0.isWord || "+-.".utf8.contains($0) }
        let behind = rest[prefix.endIndex...]
        guard prefix.first?.isLetter == true, behind.first == UInt8(ascii: ":") else { return false }
        if isEnd { return true }
        return !behind.starts(with: "://".utf8) && !prefix.spells("mailto") && !prefix.spells("tel")
    }

    /// Whether the bracket at `index` begins the destination of a link: `[a](<b>)`, `[a]: <b>`.
    private static func isDestination(_ index: Int, in source: [UInt8]) -> Bool {
        var before = source[..<index]
        while before.last?.isSpace == true { before.removeLast() }
        if before.suffix(2).elementsEqual("](".utf8) { return true }
        guard before.suffix(2).elementsEqual("]:".utf8) else { return false }
        // The label of a definition begins its line.
        before.removeLast(2)
        while let byte = before.last, !"[]".utf8.contains(byte) { before.removeLast() }
        guard before.popLast() == UInt8(ascii: "[") else { return false }
        while let byte = before.last, SourceLine.isInPrefix(byte) { before.removeLast() }
        return before.last.map { $0 == 0x0A || $0 == 0x0D } ?? true
    }
}
