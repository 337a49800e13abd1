/// Addresses that stand in running text without brackets: `https://x.y/z`, `www.x.y`, `me@x.y`.
///
/// As GitHub finds them, but that any host will do behind a scheme.
struct BareAddress {
    let range: Range<Int>
    /// Where it leads; neither checked nor encoded.
    let url: [UInt8]

    private static let longestLocalPart = 64

    /// The one whose `://` begins at `colon`; nothing before `start` belongs to it.
    init?(in text: [UInt8], colon: Int, from start: Int) {
        guard text[colon...].starts(with: "://".utf8) else { return nil }
        let scheme = text[start..<colon].suffix(6).reversed().prefix(while: \.isLetter).reversed()
        guard scheme.spells("http") || scheme.spells("https") else { return nil }
        let begin = colon - scheme.count
        guard begin == start || !text[begin - 1].isAlphanumeric, Self.hasHost(in: text, at: colon + 3) else {
            return nil
        }
        let end = Self.end(in: text, from: begin)
        guard end > colon + 3 else { return nil }
        range = begin..<end
        url = Shield.restored(text[range])
    }

    /// Whether what is behind the scheme begins with a host; to know that first spares reading on for most that are none.
    private static func hasHost(in text: [UInt8], at start: Int) -> Bool {
        if start < text.count, text[start] == UInt8(ascii: "[") { return true }
        var end = start
        while end < min(text.count, start + 254), !ends(text, at: end), isInHost(text[end]) { end += 1 }
        return WebHost.isHost(text[start..<end])
    }

    private static func isInHost(_ byte: UInt8) -> Bool {
        byte.isWord || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || (byte >= 0x80 && byte < 0xFE)
    }

    /// The one that begins with `www.` at `start`.
    init?(in text: [UInt8], www start: Int, from floor: Int) {
        guard text[start...].prefix(4).spells("www.") else { return nil }
        if start > 0 {
            let before = text[start - 1]
            guard start == floor || before.isSpace || before >= 0x80 || "*_~([\"'".utf8.contains(before) else {
                return nil
            }
        }
        let end = Self.end(in: text, from: start)
        guard end > start + 4 else { return nil }
        range = start..<end
        url = Array("http://".utf8) + Shield.restored(text[range])
    }

    /// The mail address around the `@` at `sign`, and the `mailto:` before it.
    init?(in text: [UInt8], at sign: Int, from start: Int) {
        let local = text[start..<sign].suffix(Self.longestLocalPart + 1).reversed().prefix {
            $0.isWord || ".-+".utf8.contains($0)
        }
        guard (1...Self.longestLocalPart).contains(local.count) else { return nil }
        var begin = sign - local.count
        var end = sign + 1
        var hasDot = false
        while end < text.count {
            if text[end] == UInt8(ascii: ".") {
                guard end + 1 < text.count, text[end + 1].isAlphanumeric else { break }
                hasDot = true
            } else if !text[end].isWord, text[end] != UInt8(ascii: "-") {
                break
            }
            end += 1
        }
        guard hasDot, text[end - 1].isLetter, end == text.count || text[end] != UInt8(ascii: "@") else { return nil }
        let scheme = Array("mailto:".utf8)
        let address = Shield.restored(text[begin..<end])
        if text[start..<begin].suffix(scheme.count).spells("mailto:") { begin -= scheme.count }
        range = begin..<end
        url = scheme + address
    }

    /// Where an address ends that begins at `start`: before white space, a bracket, and the punctuation in front of that.
    private static func end(in text: [UInt8], from start: Int) -> Int {
        var end = start
        var parentheses = 0
        while end < text.count, !ends(text, at: end) {
            if text[end] == UInt8(ascii: "(") { parentheses += 1 }
            if text[end] == UInt8(ascii: ")") { parentheses -= 1 }
            end += 1
        }
        while end > start {
            switch text[end - 1] {
            case UInt8(ascii: ")"):
                // It belongs to the address only where it was opened.
                guard parentheses < 0 else { return end }
                parentheses += 1
            case UInt8(ascii: "?"), UInt8(ascii: "!"), UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ":"),
                UInt8(ascii: ";"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "'"),
                UInt8(ascii: "\""):
                break
            default: return end
            }
            end -= 1
        }
        return end
    }

    /// Whether an address cannot go on at `index`: nor does it with the full stops and quotes of Chinese and Japanese.
    private static func ends(_ text: [UInt8], at index: Int) -> Bool {
        let byte = text[index]
        if byte < 0x80 {
            return byte.isSpace || byte.isControl || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
        }
        guard byte == 0xE3 || byte == 0xEF, index + 2 < text.count else { return false }
        switch (byte, text[index + 1], text[index + 2]) {
        case (0xE3, 0x80, 0x80...0x82), (0xE3, 0x80, 0x88...0x91): return true  // 　、。〈…】
        case (0xEF, 0xBC, 0x81), (0xEF, 0xBC, 0x88...0x89), (0xEF, 0xBC, 0x8C), (0xEF, 0xBC, 0x9A...0x9B),
            (0xEF, 0xBC, 0x9F):
            return true  // ！（），：；？
        default: return false
        }
    }

    // MARK: In a source

    /// `source` with the stars, underscores and tildes of its addresses shielded: there they are no Markdown.
    static func shielded(_ source: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var copied = 0
        var index = 1
        while index < source.count {
            let isScheme = source[index] == UInt8(ascii: "/") && source[index - 1] == UInt8(ascii: ":")
            let isHost = source[index] == UInt8(ascii: ".") && source[index - 1] | 0x20 == UInt8(ascii: "w")
            index += 1
            guard isScheme || isHost else { continue }
            let end = plainEnd(in: source, from: index)
            for position in index..<end where isMark(source[position]) {
                output.append(contentsOf: source[copied..<position])
                Shield.append(source[position], to: &output)
                copied = position + 1
            }
            index = end + 1
        }
        guard copied > 0 else { return source }
        output.append(contentsOf: source[copied...])
        return output
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "~")
    }

    /// Where an address ends in a source, at the latest where a link around it may end.
    private static func plainEnd(in source: [UInt8], from start: Int) -> Int {
        var end = start
        var parentheses = 0
        while end < source.count, !ends(source, at: end), !"[]`|\"".utf8.contains(source[end]) {
            if source[end] == UInt8(ascii: "(") { parentheses += 1 }
            if source[end] == UInt8(ascii: ")") {
                parentheses -= 1
                if parentheses < 0 { break }
            }
            end += 1
        }
        while end > start, isMark(source[end - 1]) || ".,:;!?'".utf8.contains(source[end - 1]) { end -= 1 }
        return end
    }
}
