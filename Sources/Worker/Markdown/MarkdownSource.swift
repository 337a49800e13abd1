/// A Markdown source as md4c is to read it, with what md4c 0.4.8 does not know made into what it knows.
struct MarkdownSource {
    let bytes: [UInt8]
    /// The numbers of the footnotes by label.
    let footnotes: [[UInt8]: Int]
    /// Whether some of it is shielded.
    let isShielded: Bool

    init(_ source: String) {
        var bytes = Array(source.utf8)
        if bytes.contains(0) { bytes.removeAll { $0 == 0 } }  // PostgreSQL refuses U+0000
        original = bytes
        let notes = Footnotes(MathBlocks.fenced(TableDelimiters.lengthened(bytes)))
        footnotes = notes.numbers
        self.bytes = BareAddress.shielded(ForeignTags.shielded(MathSpans.shielded(notes.source)))
        isShielded = self.bytes.contains { $0 >= 0xFE }
    }

    /// As it was written, but for U+0000.
    let original: [UInt8]
}
