/// A body that cannot be rendered, shown as it was written.
enum SourceBlock {
    private static let start = "<pre><code>"
    private static let end = "</code></pre>"
    private static let cut = "\n… (too long to show here)"

    /// The source, escaped, in a code block of at most `Markdown.outputBudget` bytes; a longer one is cut and says so.
    static func html(_ source: [UInt8]) -> [UInt8] {
        let room = Markdown.outputBudget - start.utf8.count - end.utf8.count
        var escaped: [UInt8] = []
        HTMLEscape.text(source.prefix(Markdown.outputBudget), into: &escaped)
        var note = ""
        if escaped.count > room || source.count > Markdown.outputBudget {
            note = cut
            escaped.removeLast(escaped.count - wholeLength(of: escaped, within: room - cut.utf8.count))
        }
        return Array(start.utf8) + escaped + Array(note.utf8) + Array(end.utf8)
    }

    /// The length of the longest start of `escaped` of at most `limit` bytes that cuts no entity and no scalar.
    private static func wholeLength(of escaped: [UInt8], within limit: Int) -> Int {
        var length = min(limit, escaped.count - 1)
        while length > 0, escaped[length] & 0xC0 == 0x80 { length -= 1 }
        // The longest entity written has six bytes; a bare & is never written.
        if let ampersand = escaped[max(0, length - 6)..<length].lastIndex(of: UInt8(ascii: "&")),
            !escaped[ampersand..<length].contains(UInt8(ascii: ";"))
        {
            length = ampersand
        }
        return length
    }
}
