/// Where in running text a reference may begin.
enum WordBoundary {
    /// Whether one may begin at `index`: not inside a word, a path, an address or another reference.
    static func isBefore(_ index: Int, in text: [UInt8]) -> Bool {
        guard index > 0 else { return true }
        let previous = text[index - 1]
        return !previous.isWord && !belongsToAddress(previous)
    }

    private static func belongsToAddress(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "#"), UInt8(ascii: "@"), UInt8(ascii: "&"), UInt8(ascii: "="),
            UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
