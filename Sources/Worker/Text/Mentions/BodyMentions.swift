import Base
import CMarkdown

/// Collects the mentions in the Markdown body of a pull request, outside code, quotes, comments and attributes.
struct BodyMentions: MarkdownHandler {
    private var mentions: MentionList
    var text = MentionText()
    /// Raw HTML not yet read; md4c hands it over in lines.
    var rawHTML: [UInt8] = []
    var tags = OpenTags()
    /// Quotes and code blocks that are open.
    private var hiddenDepth = 0
    private var codeDepth = 0
    private var imageDepth = 0
    private var linkDepth = 0
    /// Bytes of URLs and titles that md4c had to decode, used or not.
    private var attributeBytes = 0
    /// How many more blocks are read.
    ///
    /// A limit is needed because short rows of a wide table have more cells than the source has characters.
    private var blocksLeft: Int

    private init(mentions: MentionList, length: Int) {
        self.mentions = mentions
        blocksLeft = 4 * length + 64
    }

    /// `mentions` and those in `body`; if `body` exceeds a limit, only those before that point.
    static func added(to mentions: MentionList, from body: String) -> MentionList {
        let source = MarkdownSource(body)
        var collector = BodyMentions(mentions: mentions, length: source.bytes.count)
        // The mentions found before a limit was reached are right, as in a body that ends there.
        _ = MarkdownParser.read(source, with: &collector)
        return collector.mentions
    }

    var isWithinLimits: Bool { attributeBytes <= Markdown.attributeBudget && blocksLeft > 0 }

    // MARK: Blocks

    mutating func enter(block: MD_BLOCKTYPE, _ detail: UnsafeMutableRawPointer?) {
        blocksLeft -= 1
        endText(with: MentionText.barrier)
        tags.endText()
        switch block {
        case MD_BLOCK_QUOTE, MD_BLOCK_CODE: hiddenDepth += 1
        default: break
        }
        if Self.isContainer(block) { tags.enterContainer() }
    }

    mutating func leave(block: MD_BLOCKTYPE) {
        endText(with: MentionText.barrier)
        tags.endText()
        switch block {
        case MD_BLOCK_QUOTE, MD_BLOCK_CODE: hiddenDepth -= 1
        default: break
        }
        if Self.isContainer(block) { tags.leaveContainer() }
    }

    /// Whether tags that are left open in such a block end with it.
    private static func isContainer(_ block: MD_BLOCKTYPE) -> Bool {
        switch block {
        case MD_BLOCK_QUOTE, MD_BLOCK_LI, MD_BLOCK_TH, MD_BLOCK_TD: true
        default: false
        }
    }

    // MARK: Spans

    mutating func enter(span: MD_SPANTYPE, _ detail: UnsafeMutableRawPointer?) {
        endText(with: MentionText.edge)
        switch span {
        case MD_SPAN_CODE: codeDepth += 1
        case MD_SPAN_IMG:
            imageDepth += 1
            guard let image = detail?.load(as: MD_SPAN_IMG_DETAIL.self) else { return }
            attributeBytes += Int(image.src.size) + Int(image.title.size)
        case MD_SPAN_A:
            if let link = detail?.load(as: MD_SPAN_A_DETAIL.self) {
                attributeBytes += Int(link.href.size) + Int(link.title.size)
                if isVisible, linkDepth == 0 { text.collectLink(to: link.href.decoded, into: &mentions) }
            }
            linkDepth += 1
        default: break
        }
    }

    mutating func leave(span: MD_SPANTYPE) {
        endText(with: MentionText.edge)
        switch span {
        case MD_SPAN_CODE:
            codeDepth -= 1
            text.append(MentionText.barrier)
        case MD_SPAN_IMG:
            imageDepth -= 1
            text.append(MentionText.barrier)
        case MD_SPAN_A: linkDepth -= 1
        default: break
        }
    }

    // MARK: Text

    mutating func text(_ type: MD_TEXTTYPE, _ piece: UnsafeRawBufferPointer) {
        guard piece.contains(where: { $0 >= 0xFE }) else { return take(type, piece) }
        Shield.restored(piece).withUnsafeBytes { take(type, $0) }
    }

    private mutating func take(_ type: MD_TEXTTYPE, _ piece: UnsafeRawBufferPointer) {
        if type == MD_TEXT_HTML {
            if hiddenDepth == 0, imageDepth == 0 { rawHTML.append(contentsOf: piece) }
            return
        }
        readRawHTML()
        guard isVisible else { return }
        switch type {
        case MD_TEXT_BR, MD_TEXT_SOFTBR: text.append(UInt8(ascii: "\n"))
        case MD_TEXT_ENTITY:
            var decoded: [UInt8] = []
            HTMLEntities.decode(piece, into: &decoded)
            text.append(decoded)
        case MD_TEXT_NULLCHAR: break
        default: text.append(piece)
        }
    }

    var isVisible: Bool { hiddenDepth == 0 && codeDepth == 0 && imageDepth == 0 && !tags.hidesText }

    mutating func collect() {
        text.collect(into: &mentions, isLink: linkDepth > 0 || tags.isInLink)
    }

    private mutating func endText(with end: UInt8) {
        readRawHTML()
        collect()
        text.append(end)
    }
}

extension BodyMentions {
    /// Reads the gathered raw HTML: its text counts as text, and its tags separate it.
    mutating func readRawHTML() {
        guard !rawHTML.isEmpty else { return }
        var tokenizer = HTMLTokenizer(rawHTML)
        rawHTML.removeAll(keepingCapacity: true)
        while let token = tokenizer.next() {
            switch token {
            case .text(let range):
                guard isVisible, !Self.isTag(tokenizer.bytes[range]) else { continue }
                var decoded: [UInt8] = []
                HTMLEntities.decode(tokenizer.bytes[range], into: &decoded)
                text.append(decoded)
            case .start(let tag, _):
                collect()
                tags.open(tag, in: &tokenizer)
                text.append(Self.separator(for: tag.name))
            case .end(let name, _):
                collect()
                tags.close(name)
                text.append(Self.separator(for: name))
            case .declaration: text.append(MentionText.barrier)
            }
        }
    }

    /// Whether this is a tag that is never closed with `>`, which the tokenizer returns as text and a browser drops.
    private static func isTag(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: "<") else { return false }
        let name = text.dropFirst()
        return (name.first == UInt8(ascii: "/") ? name.dropFirst() : name).first?.isLetter ?? false
    }

    /// What a tag becomes in the text around it.
    private static func separator(for name: String) -> UInt8 {
        switch RawElement.named[name] {
        case .lineBreak: UInt8(ascii: "\n")
        case .mark(.code), .image, .hidden: MentionText.barrier
        case .mark, .link, .transparent, nil: MentionText.edge
        default: MentionText.barrier
        }
    }
}
