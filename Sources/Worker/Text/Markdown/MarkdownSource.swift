/// A Markdown source prepared for md4c 0.4.8: syntax that it does not know is turned into syntax that it knows.
struct MarkdownSource {
    let bytes: [UInt8]
    /// The numbers of the footnotes by label.
    let footnotes: [[UInt8]: Int]
    /// Whether some of it is shielded; see `Shield`.
    let isShielded: Bool

    /// The source as it was written, but without U+0000.
    let original: [UInt8]

    init(_ source: String) {
        var bytes = Array(source.utf8)
        if bytes.contains(0) { bytes.removeAll { $0 == 0 } }  // PostgreSQL refuses U+0000
        original = bytes
        // Most texts need few of the steps below, and one pass over the bytes shows which.
        var occurs = [Bool](repeating: false, count: 256)
        for byte in bytes { occurs[Int(byte)] = true }
        func has(_ byte: UInt8) -> Bool { occurs[Int(byte)] }

        if has(UInt8(ascii: "|")) { bytes = TableDelimiters.lengthened(bytes) }
        if has(UInt8(ascii: "$")) { bytes = MathBlocks.fenced(bytes) }
        if has(UInt8(ascii: "$")) { bytes = MathSpans.shielded(bytes) }
        var footnotes: [[UInt8]: Int] = [:]
        if has(UInt8(ascii: "[")), has(UInt8(ascii: "^")) {
            let notes = Footnotes(bytes)
            (bytes, footnotes) = (notes.source, notes.numbers)
        }
        self.footnotes = footnotes
        if has(UInt8(ascii: "<")) { bytes = ForeignTags.shielded(bytes) }
        if has(UInt8(ascii: "*")) || has(UInt8(ascii: "_")) || has(UInt8(ascii: "~")) {
            bytes = BareAddress.shielded(bytes)
        }
        self.bytes = bytes
        isShielded = bytes.contains { $0 >= 0xFE }
    }
}
