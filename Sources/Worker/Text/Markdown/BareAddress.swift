import Base

/// Addresses that stand in running text without brackets: `https://x.y/z`, `www.x.y`, `me@x.y`.
///
/// They are found as on GitHub, except that any host is accepted behind a scheme.
struct BareAddress {
    let range: Range<Int>
    /// Where it leads; neither checked nor encoded.
    let url: [UInt8]

    private static let longestLocalPart = 64
    private static let longestAuthority = 512

    /// The one whose `://` begins at `colon`; nothing before `start` belongs to it.
    init?(in text: [UInt8], colon: Int, from start: Int) {
        guard text[colon...].starts(with: "://".utf8) else { return nil }
        let scheme = text[start..<colon].suffix(6).reversed().prefix(while: \.isLetter).reversed()
        guard scheme.spells("http") || scheme.spells("https") else { return nil }
        let begin = colon - scheme.count
        guard begin == start || !text[begin - 1].isAlphanumeric,
            let limit = Self.limit(in: text, behindScheme: colon + 3)
        else { return nil }
        let end = Self.end(in: text, from: begin, before: limit)
        guard end > colon + 3 else { return nil }
        range = begin..<end
        url = Shield.restored(text[range])
    }

    /// Where an address whose host begins at `start` ends at the latest; nil if no host begins there.
    ///
    /// Characters that can stand neither in a host nor behind one, such as closing quotes, do not belong to it.
    private static func limit(in text: [UInt8], behindScheme start: Int) -> Int? {
        guard start < text.count else { return nil }
        if text[start] == UInt8(ascii: "[") { return text.count }
        // A user name and a password, which no address that becomes a link has, look like a host and a port.
        let authority = text[start...].prefix(longestAuthority).prefix { !$0.isSpace && !"/?#<".utf8.contains($0) }
        if authority.contains(UInt8(ascii: "@")) { return text.count }
        var end = nameEnd(in: text, from: start)
        guard WebHost.isHost(Shield.restored(text[start..<end])[...]) else { return nil }
        if end < text.count, text[end] == UInt8(ascii: ":") {
            end = text[(end + 1)...].firstIndex { !$0.isDigit } ?? text.count
        }
        return end < text.count && !"/?#".utf8.contains(text[end]) ? end : text.count
    }

    /// Where the characters end that may be in the name of a host.
    private static func nameEnd(in text: [UInt8], from start: Int) -> Int {
        var end = start
        while end < min(text.count, start + longestAuthority) {
            if text[end] < 0x80 {
                guard WebHost.isHostByte(text[end]) else { break }
                end += 1
                continue
            }
            if text[end...].starts(with: Shield.underscore) {
                end += 2
                continue
            }
            let width = text[end...].prefix(4).dropFirst().prefix { $0 & 0xC0 == 0x80 }.count + 1
            let character = String(decoding: text[end..<end + width], as: UTF8.self).unicodeScalars
            guard character.allSatisfy(WebHost.isInName) else { break }
            end += width
        }
        return end
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
        let end = Self.end(in: text, from: start, before: text.count)
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

    /// Where an address ends that begins at `start`: before white space, a quote or bracket, and the punctuation in
    /// front of that.
    private static func end(in text: [UInt8], from start: Int, before limit: Int) -> Int {
        var end = start
        var parentheses = 0
        var brackets = 0
        while end < limit, !ends(text, at: end) {
            switch text[end] {
            case UInt8(ascii: "("): parentheses += 1
            case UInt8(ascii: ")"): parentheses -= 1
            case UInt8(ascii: "["): brackets += 1
            case UInt8(ascii: "]"): brackets -= 1
            default: break
            }
            // This bracket ends a link or note that began before the address.
            if brackets < 0 { break }
            end += 1
        }
        while end > start {
            switch text[end - 1] {
            case UInt8(ascii: ")"):
                // A parenthesis belongs to the address only if it was opened in it.
                guard parentheses < 0 else { return end }
                parentheses += 1
            case UInt8(ascii: "?"), UInt8(ascii: "!"), UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ":"),
                UInt8(ascii: ";"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "'"):
                break
            default: return end
            }
            end -= 1
        }
        return end
    }

    /// Whether an address ends at `index`; the quotes, dashes and full stops of other scripts end one too.
    private static func ends(_ text: [UInt8], at index: Int) -> Bool {
        let byte = text[index]
        if byte < 0x80 {
            return byte.isSpace || byte.isControl || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
                || byte == UInt8(ascii: "\"")
                || byte == Shield.footnoteStart[0] && text[index...].starts(with: Shield.footnoteStart)
        }
        let next = index + 1 < text.count ? text[index + 1] : 0
        let last = index + 2 < text.count ? text[index + 2] : 0
        return switch (byte, next, last) {
        case (0xC2, 0xBB, _): true  // »
        case (0xE2, 0x80, 0x93...0x94), (0xE2, 0x80, 0x99), (0xE2, 0x80, 0x9D), (0xE2, 0x80, 0xA6): true  // –—’”…
        case (0xE3, 0x80, 0x80...0x82), (0xE3, 0x80, 0x88...0x91): true  // 　、。〈…】
        case (0xEF, 0xBC, 0x81), (0xEF, 0xBC, 0x88...0x89), (0xEF, 0xBC, 0x8C), (0xEF, 0xBC, 0x9A...0x9B),
            (0xEF, 0xBC, 0x9F):
            true  // ！（），：；？
        case (Shield.bracket[0], Shield.bracket[1], _): true
        default: false
        }
    }

    // MARK: In a source

    /// `source` with the stars, underscores and tildes of its addresses shielded: there they are no Markdown.
    static func shielded(_ source: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var copied = 0
        var index = 0
        let canStart = Self.canStart
        while index < source.count {
            guard canStart[Int(source[index])], let start = start(in: source, at: index) else {
                index += 1
                continue
            }
            let end = plainEnd(in: source, from: start)
            for position in start..<end where isMark(source[position]) {
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

    private static let canStart: [Bool] = {
        var canStart = [Bool](repeating: false, count: 256)
        for byte in ":wW".utf8 { canStart[Int(byte)] = true }
        return canStart
    }()

    /// Where an address goes on behind its `://` or `www.`, if that stands at `index`.
    private static func start(in source: [UInt8], at index: Int) -> Int? {
        if source[index...].starts(with: "://".utf8) { return index + 3 }
        guard index == 0 || !source[index - 1].isAlphanumeric, source[index...].prefix(4).spells("www.") else {
            return nil
        }
        return index + 4
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "~")
    }

    /// Where an address may end in a source, at the latest where a link around it may end.
    static func plainEnd(in source: [UInt8], from start: Int) -> Int {
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
