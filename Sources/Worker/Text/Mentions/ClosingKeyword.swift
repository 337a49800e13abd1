import Base

/// The words that make a mention close an issue.
enum ClosingKeyword {
    private static let all: Set<String> = [
        "close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved",
    ]
    private static let longest = 8

    /// Whether one ends before `index`, with white space between and perhaps a colon right behind it.
    ///
    /// The ends of spans may stand between (`**Fixes:** #12`), and nothing else.
    static func stands(before index: Int, in text: [UInt8]) -> Bool {
        var end = index
        var isSpaced = false
        while end > 0, text[end - 1].isSpace || text[end - 1] == MentionText.edge {
            if text[end - 1].isSpace { isSpaced = true }
            end -= 1
        }
        guard isSpaced, end > 0 else { return false }
        if text[end - 1] == UInt8(ascii: ":") {
            end -= 1
            while end > 0, text[end - 1] == MentionText.edge { end -= 1 }
        }
        let word = text[..<end].suffix(longest + 1).reversed().prefix(while: \.isLetter).reversed()
        guard all.contains(String(decoding: word.map(\.lowercased), as: UTF8.self)) else { return false }
        let start = end - word.count
        return WordBoundary.isBefore(start, in: text) && !isLetter(before: start, in: text)
    }

    /// Whether a letter of any script stands before `index`, as in `préfixes`, which is no keyword.
    private static func isLetter(before index: Int, in text: [UInt8]) -> Bool {
        guard index > 0, text[index - 1] < MentionText.edge else { return false }
        return String(decoding: text[..<index].suffix(4), as: UTF8.self).unicodeScalars.last?.properties.isAlphabetic
            ?? false
    }
}
