/// Finds in running text what GitHub turns into links, emoji and footnotes.
struct TextFinder {
    enum Find {
        case link(Range<Int>, url: [UInt8])
        case emoji(Range<Int>, character: [UInt8])
        case footnote(Range<Int>, number: Int)

        var range: Range<Int> {
            switch self {
            case .link(let range, _), .emoji(let range, _), .footnote(let range, _): range
            }
        }
    }

    let links: LinkResolver
    let footnotes: [[UInt8]: Int]
    /// Whether the text is that of a link, in which nothing else is one.
    let isLinked: Bool
    /// Where the last emoji ended.
    private var emojiEnd: Int?
    /// Where an address that was too long or invalid ended; up to there no other is searched.
    private var badAddressEnd = 0
    /// The result of the last search for a commit; nil before the first one.
    private var commit: CommitReference??

    init(links: LinkResolver, footnotes: [[UInt8]: Int], isLinked: Bool) {
        self.links = links
        self.footnotes = footnotes
        self.isLinked = isLinked
    }

    /// The first find in `text` at or after `start`.
    ///
    /// It keeps state between calls: all must be for the same text, each from where the last find ended.
    mutating func first(in text: [UInt8], from start: Int) -> Find? {
        let commit = nextCommit(in: text, from: start)
        let canBegin = Self.canBegin
        for index in start..<text.count {
            if let commit, commit.range.lowerBound == index { return .link(commit.range, url: commit.url) }
            guard canBegin[Int(text[index])], let found = find(in: text, at: index, from: start) else { continue }
            if case .emoji(let range, _) = found { emojiEnd = range.upperBound }
            return found
        }
        return nil
    }

    private mutating func nextCommit(in text: [UInt8], from start: Int) -> CommitReference? {
        guard !isLinked else { return nil }
        if let known = commit, known.map({ $0.range.lowerBound >= start }) ?? true { return known }
        let found = CommitReference.first(in: text, from: start, links: links)
        commit = .some(found)
        return found
    }

    private static let canBegin: [Bool] = {
        var canBegin = [Bool](repeating: false, count: 256)
        for byte in "#@:wW{".utf8 { canBegin[Int(byte)] = true }
        return canBegin
    }()

    private mutating func find(in text: [UInt8], at index: Int, from start: Int) -> Find? {
        switch text[index] {
        case UInt8(ascii: "{"):
            guard let label = FootnoteLabel(in: text, shieldedAt: index), let number = footnotes[label.name] else {
                return nil
            }
            return .footnote(index..<label.end, number: number)
        case UInt8(ascii: ":"):
            if let emoji = EmojiCode(in: text, at: index, behindEmoji: emojiEnd) {
                return .emoji(emoji.range, character: emoji.character)
            }
            guard !isLinked, index >= badAddressEnd else { return nil }
            return link(BareAddress(in: text, colon: index, from: start))
        case UInt8(ascii: "@"):
            guard !isLinked, index >= badAddressEnd else { return nil }
            if let reference = Reference.person(in: text, at: index, links: links) {
                return .link(reference.range, url: reference.url)
            }
            return link(BareAddress(in: text, at: index, from: start))
        case UInt8(ascii: "#"):
            guard !isLinked, index >= badAddressEnd,
                let reference = Reference.issue(in: text, at: index, from: start, links: links)
            else { return nil }
            return .link(reference.range, url: reference.url)
        default:
            guard !isLinked, index >= badAddressEnd else { return nil }
            return link(BareAddress(in: text, www: index, from: start))
        }
    }

    private mutating func link(_ address: BareAddress?) -> Find? {
        guard let address else { return nil }
        guard let url = links.resolve(address.url, for: .link) else {
            badAddressEnd = address.range.upperBound
            return nil
        }
        return .link(address.range, url: url)
    }
}
