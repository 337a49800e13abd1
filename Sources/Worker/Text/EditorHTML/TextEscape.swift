import Base

/// Writes text so that neither GitHub nor our renderer takes any of it for Markdown.
///
/// A character is escaped only where it could have an effect: text that somebody typed should look like it.
struct TextEscape {
    enum Place { case text, link, description }

    /// Characters that have no partner in their paragraph, and therefore no effect.
    var lonely: Set<UInt8> = []
    /// Whether dollars would begin a formula.
    var escapesDollars = false
    /// Whether a backslash before a backtick is not enough, because formulas are found without regard to it.
    var escapesTicks = false
    /// Whether any brackets may be a link, because the source defines some.
    var escapesBrackets = false
    /// Whether a pipe would end the cell of a table.
    var isInCell = false
    /// Whether more than a line end follows the text.
    var isFollowed = false

    /// Appends `text`; `next` is the bracket of a link that will follow.
    func append(
        _ text: [UInt8],
        in place: Place = .text,
        atLineStart: Bool = false,
        next: UInt8? = nil,
        to output: inout [UInt8]
    ) {
        var index = 0
        if atLineStart { index = appendLineStart(text, to: &output) }
        while index < text.count {
            let byte = text[index]
            if place != .description, ReferenceBreaks.isNeeded(before: index, in: text, isLinked: place == .link) {
                ReferenceBreaks.comment.withUTF8Buffer { output.append(contentsOf: $0) }
            }
            if byte.isPunctuation {
                appendPunctuation(text, at: index, place, next, to: &output)
            } else if byte == 0xC2, index + 1 < text.count, text[index + 1] == 0xA0 {
                output.append(contentsOf: "&nbsp;".utf8)
                index += 1
            } else {
                output.append(byte)
            }
            index += 1
        }
    }

    private func appendPunctuation(
        _ text: [UInt8],
        at index: Int,
        _ place: Place,
        _ next: UInt8?,
        to output: inout [UInt8]
    ) {
        let byte = text[index]
        let before: UInt8? = index > 0 ? text[index - 1] : nil
        let behind: UInt8? = index + 1 < text.count ? text[index + 1] : nil
        var needsBackslash = false
        switch byte {
        case UInt8(ascii: "\\"): needsBackslash = behind.map { $0.isPunctuation || $0 == 0xC2 } ?? true
        case UInt8(ascii: "*"), UInt8(ascii: "~"):
            needsBackslash = place == .description || !(lonely.contains(byte) || before == 0x20 && behind == 0x20)
        case UInt8(ascii: "_"):
            let isInWord = runNeighbours(of: index, in: text).map { $0.isAlphanumeric && $1.isAlphanumeric } ?? false
            needsBackslash =
                place == .description || !(isInWord || lonely.contains(byte) || before == 0x20 && behind == 0x20)
        case UInt8(ascii: "`") where escapesTicks: return output.append(contentsOf: "&#96;".utf8)
        case UInt8(ascii: "`"): needsBackslash = place == .description || !lonely.contains(byte)
        case UInt8(ascii: "["): needsBackslash = place != .text || escapesBrackets || behind == UInt8(ascii: "^")
        case UInt8(ascii: "]"):
            needsBackslash =
                place != .text || escapesBrackets || (behind ?? next).map { "([:".utf8.contains($0) } ?? false
        case UInt8(ascii: "!"): needsBackslash = (behind ?? next) == UInt8(ascii: "[")
        case UInt8(ascii: "<") where opensTag(text, at: index):
            return output.append(contentsOf: "&lt;".utf8)
        case UInt8(ascii: "&") where Self.isReference(text, at: index):
            return output.append(contentsOf: "&amp;".utf8)
        case UInt8(ascii: "$"):
            if place == .description { return output.append(contentsOf: "&#36;".utf8) }
            needsBackslash = escapesDollars
        case UInt8(ascii: "|"):
            if place == .description { return output.append(contentsOf: "&#124;".utf8) }
            needsBackslash = isInCell
        case UInt8(ascii: ":") where isAddress(text, at: index):
            // A comment keeps the parts from being an address of their own, and cannot stand in a description.
            return output.append(contentsOf: (place == .text ? ":<!-- -->" : "&#58;").utf8)
        case UInt8(ascii: ".") where isHost(text, at: index):
            return output.append(contentsOf: (place == .text ? ".<!-- -->" : "&#46;").utf8)
        default: break
        }
        if needsBackslash { output.append(UInt8(ascii: "\\")) }
        output.append(byte)
    }

    /// What stands around the run of underscores at `index`; nil at the edge of the text.
    private func runNeighbours(of index: Int, in text: [UInt8]) -> (UInt8, UInt8)? {
        // Long runs are no words.
        let longest = 8
        var (start, end) = (index, index)
        while start > 0, text[start] == text[index], index - start < longest { start -= 1 }
        while end < text.count - 1, text[end] == text[index], end - index < longest { end += 1 }
        return end - start <= longest + 1 ? (text[start], text[end]) : nil
    }

    /// Whether `&` at `index` begins a character reference.
    static func isReference(_ text: [UInt8], at index: Int) -> Bool {
        let name = text[(index + 1)...].prefix(50).prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "#") }
        guard let first = name.first, name.endIndex < text.count, text[name.endIndex] == UInt8(ascii: ";") else {
            return false
        }
        return first == UInt8(ascii: "#") || HTMLEntityNames.values[String(decoding: name, as: UTF8.self)] != nil
    }

    /// Whether a character reference stands anywhere in `text`.
    static func isReference(_ text: [UInt8]) -> Bool {
        text.indices.contains { text[$0] == UInt8(ascii: "&") && isReference(text, at: $0) }
    }

    /// Whether `<` at `index` could begin a tag, or a link as md4c sees it: with any character before the name.
    private func opensTag(_ text: [UInt8], at index: Int) -> Bool {
        guard index + 1 < text.count, " =-<".utf8.contains(text[index + 1]) else { return true }
        let word = text[(index + 2)...].prefix { !$0.isSpace && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
        let ends = word.endIndex == text.count ? !isFollowed : text[word.endIndex].isSpace
        return !ends && word.contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "@") }
    }

    /// Whether the dot at `index` is that of a `www.`, behind which our renderer and GitHub see an address.
    private func isHost(_ text: [UInt8], at index: Int) -> Bool {
        guard text[..<index].suffix(3).spells("www"), index == 3 || !text[index - 4].isAlphanumeric else {
            return false
        }
        return index + 1 < text.count ? !text[index + 1].isSpace : isFollowed
    }

    /// Whether the colon at `index` is that of an address in which a backslash would be taken for a part of it, or of one
    /// that is none as a whole, but perhaps would be one in part.
    private func isAddress(_ text: [UInt8], at index: Int) -> Bool {
        guard text[index...].starts(with: "://".utf8) else { return false }
        let isWeb = text[..<index].suffix(4).spells("http") || text[..<index].suffix(5).spells("https")
        if isWeb, index + 3 < text.count, !text[index + 3].isSpace { return true }
        let address = text[index...].prefix(2_048).prefix { $0 != 0x20 }
        return address.endIndex == text.count && isFollowed || address.contains { "*_~`[]<&$|\\@".utf8.contains($0) }
    }

    // MARK: Lines

    /// Writes what at the start of a line would begin a block; returns where the text goes on.
    private func appendLineStart(_ text: [UInt8], to output: inout [UInt8]) -> Int {
        guard let first = text.first else { return 0 }
        let behind: UInt8 = text.count > 1 ? text[1] : 0x20
        var isMark = false
        switch first {
        case UInt8(ascii: "#"):
            let rest = text.drop { $0 == first }
            isMark = rest.startIndex <= 6 && rest.first ?? 0x20 == 0x20
        case UInt8(ascii: ">"), UInt8(ascii: "|"): isMark = true
        case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"): isMark = behind == 0x20 || !lonely.contains(first)
        case UInt8(ascii: "-"): isMark = behind == 0x20 || behind == first || Self.isRow(text)
        case UInt8(ascii: "+"): isMark = behind == 0x20
        case UInt8(ascii: "$"): isMark = behind == first  // a formula, which may end in another item of a list
        case UInt8(ascii: "="): isMark = text.allSatisfy { $0 == first || $0 == 0x20 }
        case UInt8(ascii: ":"): isMark = Self.isRow(text)
        case UInt8(ascii: "["): isMark = Self.isTaskOrDefinition(text)
        case let digit where digit.isDigit:
            let rest = text.prefix(10).drop(while: \.isDigit)
            guard let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ")"),
                text.count == rest.startIndex + 1 || text[rest.startIndex + 1] == 0x20
            else { return 0 }
            output.append(contentsOf: text[..<rest.startIndex])
            output.append(UInt8(ascii: "\\"))
            output.append(mark)
            return rest.startIndex + 1
        default: break
        }
        guard isMark else { return 0 }
        output.append(UInt8(ascii: "\\"))
        output.append(first)
        return 1
    }

    /// Whether a line looks like the one under the head of a table.
    private static func isRow(_ text: [UInt8]) -> Bool {
        text.allSatisfy { "|-: ".utf8.contains($0) }
    }

    /// Whether a line begins like a task (`[x] `) or like the definition of a link (`[x]: `).
    private static func isTaskOrDefinition(_ text: [UInt8]) -> Bool {
        guard let end = text.prefix(1_000).firstIndex(of: UInt8(ascii: "]")) else { return true }
        let isTask = end == 2 && " xX".utf8.contains(text[1])
        return isTask || end + 1 < text.count && text[end + 1] == UInt8(ascii: ":")
    }
}
