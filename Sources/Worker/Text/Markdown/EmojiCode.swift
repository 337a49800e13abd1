import Base

/// A short name of an emoji in running text: `:tada:`.
struct EmojiCode {
    let range: Range<Int>
    /// In UTF-8.
    let character: [UInt8]

    /// The one whose first colon is at `start`, where a word ends and no path or time goes on.
    ///
    /// It may also follow another emoji, which ended at `emojiEnd`, directly or with a slash between.
    init?(in text: [UInt8], at start: Int, behindEmoji emojiEnd: Int?) {
        if start > 0, start != emojiEnd {
            let before = text[start - 1]
            if before.isWord || before == UInt8(ascii: ":") { return nil }
            let isInPath = before == UInt8(ascii: "/") && start > 1 && text[start - 2].isWord
            if isInPath, start - 1 != emojiEnd { return nil }
        }
        let name = text[(start + 1)...].prefix(EmojiNames.longest + 1).prefix(while: Self.isInName)
        let end = name.endIndex
        guard !name.isEmpty, end < text.count, text[end] == UInt8(ascii: ":"),
            let character = EmojiNames.values[String(decoding: name, as: UTF8.self)]
        else { return nil }
        if end + 1 < text.count {
            let next = text[end + 1]
            // The colon may begin the next short name, but `::` separates names in programming languages.
            if next.isWord || (next == UInt8(ascii: ":") && !Self.isName(in: text, at: end + 1)) { return nil }
        }
        range = start..<end + 1
        self.character = character
    }

    private static func isName(in text: [UInt8], at colon: Int) -> Bool {
        let name = text[(colon + 1)...].prefix(EmojiNames.longest + 1).prefix(while: isInName)
        return !name.isEmpty && name.endIndex < text.count && text[name.endIndex] == UInt8(ascii: ":")
    }

    private static func isInName(_ byte: UInt8) -> Bool {
        byte.isWord || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
    }
}
