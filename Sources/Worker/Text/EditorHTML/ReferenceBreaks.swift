import Base

/// Finds the places in text at which an empty comment keeps GitHub from linking, notifying or drawing an emoji.
///
/// GitHub looks for names, numbers and short names after it has read the Markdown, so that backslashes do not help.
/// It looks at each stretch of text by itself, and a comment divides one.
enum ReferenceBreaks {
    static let comment: StaticString = "<!-- -->"

    /// Whether a comment must stand before `index`.
    ///
    /// In the text of a link GitHub draws emoji, and looks for nothing else.
    static func isNeeded(before index: Int, in text: [UInt8], isLinked: Bool) -> Bool {
        guard index > 0, canFollowBreak[Int(text[index])] else { return false }
        switch text[index - 1] {
        case UInt8(ascii: ":"): return isEmoji(in: text, at: index - 1)
        case UInt8(ascii: "@"): return !isLinked && (text[index].isAlphanumeric || isMail(in: text, at: index - 1))
        case UInt8(ascii: "#"): return !isLinked && text[index].isDigit
        case UInt8(ascii: "-"): return !isLinked && text[index].isDigit && isWord("gh-", in: text, endingAt: index)
        default: return !isLinked && isCommit(in: text, at: index - 1)
        }
    }

    /// Letters, digits, `+`, `-`, `.` and `_`.
    private static let canFollowBreak: [Bool] = {
        var canFollow = [Bool](repeating: false, count: 256)
        for byte in UInt8.min..<0x80 where byte.isWord || "+-.".utf8.contains(byte) { canFollow[Int(byte)] = true }
        return canFollow
    }()

    /// Whether the `@` at `sign` stands in a mail address, or in what looks like one.
    private static func isMail(in text: [UInt8], at sign: Int) -> Bool {
        guard sign > 0, text[sign - 1].isWord || ".-+".utf8.contains(text[sign - 1]) else { return false }
        return text[sign + 1].isWord || ".-".utf8.contains(text[sign + 1])
    }

    private static func isWord(_ word: StaticString, in text: [UInt8], endingAt end: Int) -> Bool {
        let start = end - word.utf8CodeUnitCount
        return start >= 0 && text[start..<end].spells(word) && (start == 0 || !text[start - 1].isAlphanumeric)
    }

    /// Whether a word of 7 to 40 hexadecimal digits begins at `start`, letters and numerals among them.
    ///
    /// GitHub links such a word if there is a commit of that name. Other numbers and words are far more often just that.
    private static func isCommit(in text: [UInt8], at start: Int) -> Bool {
        guard text[start].isHexDigit, start == 0 || !text[start - 1].isWord else { return false }
        let digits = text[start...].prefix(41).prefix(while: \.isHexDigit)
        guard (7...40).contains(digits.count), digits.contains(where: \.isDigit), digits.contains(where: \.isLetter)
        else { return false }
        let behind = digits.endIndex < text.count ? text[digits.endIndex] : 0x20
        if behind.isWord { return false }
        // A shorter one is rather a part of a number such as a UUID.
        let isPart = behind == 0x2D || start > 0 && "-./&=".utf8.contains(text[start - 1])
        return digits.count == 40 || !isPart
    }

    /// Whether the colon at `colon` begins the short name of an emoji.
    private static func isEmoji(in text: [UInt8], at colon: Int) -> Bool {
        let name = text[(colon + 1)...].prefix(EmojiNames.longest + 1).prefix {
            $0.isWord || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
        }
        guard name.endIndex < text.count, text[name.endIndex] == UInt8(ascii: ":") else { return false }
        let word = String(decoding: name, as: UTF8.self)
        return EmojiNames.values[word] != nil || pictures.contains(word)
    }

    /// The short names that GitHub has pictures of its own for.
    private static let pictures = Set(
        """
        accessibility atom basecamp basecampy bowtie copilot dependabot electron feelsgood finnadie fishsticks goberserk \
        godmode hurtrealbad neckbeard octocat rage1 rage2 rage3 rage4 shipit suspect trollface
        """.split(separator: " ").map(String.init)
    )
}
