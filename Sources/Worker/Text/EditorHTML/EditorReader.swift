import Base

/// Reads the HTML that Plane's editor stores into blocks, in linear time and whatever it holds.
///
/// Comments that come through Plane's public API are not checked by anybody, so tags may be unbalanced, unknown or
/// hostile. Nothing of a tag reaches the result but what the editor has for it.
struct EditorReader {
    /// How many elements may lie in each other; of deeper ones only the text counts.
    static let depthCap = 64

    let tokenizer: HTMLTokenizer
    var frames: [EditorFrame] = [EditorFrame(kind: .document, name: "", markFloor: 0)]
    /// How many of `frames` count for `Markdown.nestingCap`.
    var depth = 0
    /// How many elements of each name are open that were too deep to count.
    var ignored: [String: Int] = [:]

    /// The marks whose tags are open.
    var marks: [OpenMark] = []
    var style = EditorStyle()

    /// The paragraph or heading that is being read.
    var inlines: [EditorInline] = []
    var hasContent = false
    var heading: Int?
    var alignment: EditorElement.Alignment?
    /// The text of a `<pre>` that is open.
    var preformatted: PreformattedText?

    struct OpenMark {
        let name: String
        let mark: MarkSet
        let link: [UInt8]?
        /// Of an emoji, whose text is used only if it has none of its own.
        var emoji: [UInt8]?
    }

    /// The blocks of `html`.
    static func blocks(of html: [UInt8]) -> [EditorBlock] {
        var reader = EditorReader(tokenizer: HTMLTokenizer(html))
        reader.read()
        return reader.frames[0].blocks
    }

    private init(tokenizer: HTMLTokenizer) {
        self.tokenizer = tokenizer
    }

    private mutating func read() {
        var tokenizer = tokenizer
        while let token = tokenizer.next() {
            switch token {
            case .text(let range): text(tokenizer.bytes[range])
            case .start(let tag, _):
                if case .hidden = RawElement.named[tag.name] {
                    tokenizer.skipContent(of: tag.name)
                } else {
                    open(tag)
                }
            case .end(let name, _): close(name)
            case .declaration: break
            }
        }
        endPreformatted()
        closeFrames(to: 1)
        endTextBlock()
    }

    // MARK: Text

    private mutating func text(_ range: ArraySlice<UInt8>) {
        var decoded: [UInt8] = []
        HTMLEntities.decode(range, into: &decoded)
        append(decoded)
    }

    /// Adds text, entities decoded, under the marks that are open.
    mutating func append(_ text: [UInt8]) {
        if preformatted != nil {
            preformatted?.text.append(contentsOf: text)
            return
        }
        let text = text.contains(where: Self.isUnseen) ? text.filter { !Self.isUnseen($0) } : text
        // A space that is code shows, but in a link it is no code.
        let isCode = style.marks.contains(.code) && style.link == nil
        let isContent = isCode ? !text.isEmpty : text.contains { !$0.isSpace }
        guard isContent || hasContent else { return }
        if isContent { beginInline() }
        if marks.last?.emoji != nil, isContent { marks[marks.count - 1].emoji = [] }
        inlines.append(.text(text, style))
    }

    /// Control characters that are no white space: GitHub refuses some, and none shows.
    private static func isUnseen(_ byte: UInt8) -> Bool { byte.isControl && !byte.isSpace }

    /// Makes sure that what is added next has a block to stand in.
    mutating func beginInline() {
        guard !hasContent else { return }
        openFlow()
        hasContent = true
    }

    /// Ends the paragraph or heading.
    mutating func endTextBlock() {
        defer {
            inlines.removeAll(keepingCapacity: true)
            hasContent = false
        }
        guard hasContent else { return }
        if let heading {
            add(.heading(level: heading, inlines))
        } else {
            add(.paragraph(inlines, alignment: alignment))
        }
    }

    mutating func add(_ block: EditorBlock) {
        openFlow()
        frames[frames.count - 1].blocks.append(block)
    }

    mutating func endPreformatted() {
        guard let block = preformatted else { return }
        preformatted = nil
        add(.code(language: block.language, block.text.filter { !Self.isUnseen($0) && $0 != 0x0D }))
    }
}
