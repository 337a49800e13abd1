/// The tags of raw HTML that are open and decide whether text is read.
struct OpenTags {
    private struct Blocks {
        var quotes = 0
        var preformatted = 0
    }

    private var blocks = Blocks()
    /// `blocks` as it was outside each open Markdown block.
    ///
    /// A tag inside a block can neither close a tag outside nor stay open beyond the block.
    private var outer: [Blocks] = []
    private var code = 0
    /// Whether text belongs to an `<a href>`.
    private(set) var isInLink = false
    /// The open script or style element.
    private var hiddenElement: String?

    /// Whether text is in a quote, in code, or in an element that is not shown.
    var hidesText: Bool { blocks.quotes > 0 || blocks.preformatted > 0 || code > 0 || hiddenElement != nil }

    mutating func enterContainer() {
        outer.append(blocks)
    }

    mutating func leaveContainer() {
        blocks = outer.popLast() ?? Blocks()
    }

    /// Ends the elements that end with a block of text.
    mutating func endText() {
        code = 0
        isInLink = false
        hiddenElement = nil
    }

    mutating func open(_ tag: HTMLTag, in tokenizer: inout HTMLTokenizer) {
        guard hiddenElement == nil else { return }
        switch RawElement.named[tag.name] {
        case .quote: blocks.quotes += 1
        case .preformatted: blocks.preformatted += 1
        case .mark(.code): code += 1
        case .link: isInLink = tag.attributes["href"] != nil
        case .hidden:
            hiddenElement = tag.name
            tokenizer.skipContent(of: tag.name)
        default: break
        }
    }

    mutating func close(_ name: String) {
        if let hiddenElement {
            if hiddenElement == name { self.hiddenElement = nil }
            return
        }
        let floor = outer.last ?? Blocks()
        switch RawElement.named[name] {
        case .quote: blocks.quotes = max(blocks.quotes - 1, floor.quotes)
        case .preformatted: blocks.preformatted = max(blocks.preformatted - 1, floor.preformatted)
        case .mark(.code): code = max(code - 1, 0)
        case .link: isInLink = false
        default: break
        }
    }
}
