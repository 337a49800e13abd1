import CMarkdown

/// Turns md4c's events into calls of an `EditorWriter`.
///
/// md4c returns text in pieces and raw HTML in lines. Both are gathered until an event of another kind comes, so that
/// references are found across pieces and tags across lines.
struct MarkdownRenderer: MarkdownHandler {
    let links: LinkResolver
    private let source: MarkdownSource
    /// Whether some of the text is shielded.
    var isShielded: Bool
    var writer = EditorWriter()

    /// Text not yet written, entities decoded.
    var pending: [UInt8] = []
    /// Raw HTML not yet read.
    var rawHTML: [UInt8] = []
    /// The element whose content is being dropped.
    var hiddenElement: String?
    /// The text of a `<pre>` that is open.
    var preformatted: PreformattedText?
    /// The media element of raw HTML that is open.
    var media: MediaElement?
    /// Where the output ended behind the last link to a medium.
    var mediaLinkEnd: Int?
    /// The links beside pictures that are written later, behind the link that contains the picture.
    private var pictureLinks: [PictureLink] = []
    /// How many images are open (an image's text may hold images) and the outermost one.
    private var imageDepth = 0
    private var image: (source: [UInt8]?, description: [UInt8]) = (nil, [])

    private var code: [UInt8]?
    private var codeLanguage: [UInt8] = []
    private var isInCell = false
    private var spanDepth = 0
    /// Bytes of URLs and titles that md4c had to decode, used or not.
    private var attributeBytes = 0

    init(_ source: MarkdownSource, links: LinkResolver) {
        self.links = links
        self.source = source
        isShielded = source.isShielded
        writer.reserve(forSource: source.bytes.count)
    }

    var output: [UInt8] { writer.bytes }

    var isInImage: Bool { imageDepth > 0 }

    var isWithinLimits: Bool {
        writer.bytes.count <= Markdown.outputBudget && attributeBytes <= Markdown.attributeBudget && !writer.isTooDeep
            && spanDepth <= Markdown.nestingCap
    }

    // MARK: Blocks

    mutating func enter(block: MD_BLOCKTYPE, _ detail: UnsafeMutableRawPointer?) {
        endInline()
        switch block {
        case MD_BLOCK_QUOTE: writer.openQuote()
        case MD_BLOCK_UL: writer.openList(isOrdered: false)
        case MD_BLOCK_OL:
            let start = detail?.load(as: MD_BLOCK_OL_DETAIL.self).start ?? 1
            writer.openList(isOrdered: true, start: Int(start))
        case MD_BLOCK_LI:
            writer.closeRawContainers()
            let item = detail?.load(as: MD_BLOCK_LI_DETAIL.self)
            writer.openItem(checked: item.flatMap { $0.is_task == 0 ? nil : $0.task_mark != 0x20 })
        case MD_BLOCK_HR: writer.rule()
        case MD_BLOCK_H: writer.heading = (detail?.load(as: MD_BLOCK_H_DETAIL.self).level).map(Int.init)
        case MD_BLOCK_CODE:
            code = []
            codeLanguage = detail.map { text(of: $0.load(as: MD_BLOCK_CODE_DETAIL.self).lang) } ?? []
        case MD_BLOCK_TABLE: writer.openTable()
        case MD_BLOCK_TR:
            writer.closeRawContainers()
            writer.openRow()
        case MD_BLOCK_TH, MD_BLOCK_TD:
            isInCell = true
            writer.closeRawContainers()
            let alignment = (detail?.load(as: MD_BLOCK_TD_DETAIL.self).align).flatMap(EditorElement.Alignment.init)
            writer.openCell(isHeader: block == MD_BLOCK_TH, alignment: alignment)
        default: break  // the document, paragraphs (opened by their text), table sections
        }
    }

    mutating func leave(block: MD_BLOCKTYPE) {
        endInline()
        switch block {
        case MD_BLOCK_QUOTE, MD_BLOCK_UL, MD_BLOCK_OL, MD_BLOCK_LI, MD_BLOCK_TABLE, MD_BLOCK_TR, MD_BLOCK_TH,
            MD_BLOCK_TD:
            writer.closeMarkdownContainer()
        case MD_BLOCK_CODE:
            writer.codeBlock((code ?? [])[...], language: codeLanguage)
            code = nil
        case MD_BLOCK_DOC: writer.closeRawContainers()
        default: break
        }
    }

    /// Ends the text of a block, and with it every mark, `<pre>` or hidden element that tags left open.
    private mutating func endInline() {
        isInCell = false
        if !rawHTML.isEmpty { readRawHTML() }
        if !pending.isEmpty {
            turnQuoteIntoCallout()
            flushText()
        }
        if preformatted != nil { endPreformatted() }
        if hiddenElement != nil { hiddenElement = nil }
        if media != nil { endUnclosedMedia() }
        if !pictureLinks.isEmpty {
            writer.marks.switchOffAll()
            writePictureLinks()
        }
        writer.endTextBlock()
        writer.marks.switchOffAll()
        writer.heading = nil
    }

    // MARK: Spans

    mutating func enter(span: MD_SPANTYPE, _ detail: UnsafeMutableRawPointer?) {
        if !rawHTML.isEmpty { readRawHTML() }
        flushText()
        spanDepth += 1
        switch span {
        case MD_SPAN_EM: writer.marks.switchOn(.emphasis)
        case MD_SPAN_STRONG: writer.marks.switchOn(.strong)
        case MD_SPAN_DEL: writer.marks.switchOn(.strike)
        case MD_SPAN_CODE: writer.marks.switchOn(.code)
        case MD_SPAN_A:
            guard let link = detail?.load(as: MD_SPAN_A_DETAIL.self) else { return }
            attributeBytes += Int(link.title.size)
            writer.marks.switchOn(.link, link: links.resolve(text(of: link.href), for: .link))
        case MD_SPAN_IMG:
            imageDepth += 1
            guard imageDepth == 1, let detail = detail?.load(as: MD_SPAN_IMG_DETAIL.self) else { return }
            attributeBytes += Int(detail.title.size)
            image = (links.resolve(text(of: detail.src), for: .image), [])
        default: break
        }
    }

    mutating func leave(span: MD_SPANTYPE) {
        if !rawHTML.isEmpty { readRawHTML() }
        flushText()
        spanDepth -= 1
        guard span == MD_SPAN_IMG else {
            writer.marks.switchOffMarkdown()
            return writePictureLinks()
        }
        imageDepth -= 1
        guard imageDepth == 0 else { return }
        if let source = image.source, hiddenElement == nil, preformatted == nil, media?.hidesContent != true {
            show(EditorImage(source: source, description: image.description))
        } else {
            append(image.description)
        }
    }

    // MARK: Pictures

    mutating func show(_ image: EditorImage) {
        writer.image(image)
        guard let link = PictureLink(to: image, in: links.context.repository) else { return }
        pictureLinks.append(link)
        writePictureLinks()
    }

    /// Writes the links to pictures that wait for the end of the link around them.
    mutating func writePictureLinks() {
        guard !pictureLinks.isEmpty, !writer.marks.wantsLink else { return }
        for link in pictureLinks {
            writer.text([0x20])
            writer.marks.switchOn(.link, link: link.url)
            writer.text(link.text[...])
            writer.marks.switchOffMarkdown()
        }
        pictureLinks.removeAll()
    }

    // MARK: Text

    mutating func text(_ type: MD_TEXTTYPE, _ text: UnsafeRawBufferPointer) {
        // The tags before the text decide where it goes, so they are read first.
        if type != MD_TEXT_HTML, !rawHTML.isEmpty { readRawHTML() }
        // Running text is shielded until it is written, so that nothing is found in formulas.
        let isRunning = type == MD_TEXT_NORMAL && hiddenElement == nil && !isInImage && preformatted == nil
        guard isShielded, !isRunning, text.contains(where: { $0 >= 0xFE }) else { return take(type, text) }
        Shield.restored(text).withUnsafeBytes { take(type, $0) }
    }

    private mutating func take(_ type: MD_TEXTTYPE, _ text: UnsafeRawBufferPointer) {
        if type == MD_TEXT_HTML {
            flushText()
            rawHTML.append(contentsOf: text)
            return
        }
        switch type {
        case MD_TEXT_CODE where code != nil: code?.append(contentsOf: text)
        case MD_TEXT_CODE where isInCell: appendCellCode(text)
        case MD_TEXT_BR, MD_TEXT_SOFTBR: lineBreak()
        case MD_TEXT_ENTITY:
            var decoded: [UInt8] = []
            HTMLEntities.decode(text, into: &decoded)
            append(decoded)
        case MD_TEXT_NULLCHAR: break
        default: append(text)
        }
    }

    /// Adds text to wherever text goes now.
    mutating func append(_ text: some Collection<UInt8>) {
        if hiddenElement != nil {
            return
        } else if isInImage {
            image.description.append(contentsOf: text)
        } else if preformatted != nil {
            preformatted?.text.append(contentsOf: text)
        } else if media?.hidesContent == true {
            media?.alternative.append(contentsOf: text)
        } else {
            pending.append(contentsOf: text)
        }
    }

    /// Code in a table cell: only there md4c leaves the backslash before a pipe.
    private mutating func appendCellCode(_ text: UnsafeRawBufferPointer) {
        var copied = 0
        for index in text.indices.dropLast()
        where text[index] == UInt8(ascii: "\\") && text[index + 1] == UInt8(ascii: "|") {
            append(text[copied..<index])
            copied = index + 1
        }
        append(text[copied...])
    }

    /// A line of the source ends: to GitHub that is a line break, in issues and comments.
    mutating func lineBreak() {
        if hiddenElement != nil || isInImage || preformatted != nil || media?.hidesContent == true {
            append(CollectionOfOne(isInImage ? UInt8(ascii: " ") : UInt8(ascii: "\n")))
        } else {
            turnQuoteIntoCallout()
            flushText()
            writer.lineBreak()
        }
    }

    /// Writes the pending text, with links for the references in it.
    mutating func flushText() {
        guard !pending.isEmpty else { return }
        defer { pending.removeAll(keepingCapacity: true) }
        guard !writer.marks.wantsCode else { return write(pending[...]) }
        var finder = TextFinder(links: links, footnotes: source.footnotes, isLinked: writer.marks.wantsLink)
        var written = 0
        while let found = finder.first(in: pending, from: written) {
            write(pending[written..<found.range.lowerBound])
            switch found {
            case .link(let range, let url): write(pending[range], marked: .link, url: url)
            case .emoji(_, let character): writer.text(character[...])
            case .footnote(_, let number): write(Array("[\(number)]".utf8)[...], marked: .superscripted)
            }
            written = found.range.upperBound
        }
        write(pending[written...])
    }

    private mutating func write(_ text: ArraySlice<UInt8>, marked mark: EditorMark, url: [UInt8]? = nil) {
        writer.marks.switchOn(mark, link: url)
        write(text)
        writer.marks.switchOffMarkdown()
    }

    /// Writes plain text.
    private mutating func write(_ text: ArraySlice<UInt8>) {
        writer.text(isShielded ? Shield.restored(text)[...] : text)
    }

    /// Turns the quote whose first line is pending into an alert, if that line is the marker of one.
    private mutating func turnQuoteIntoCallout() {
        guard !writer.isInTextBlock, let callout = Callout(line: pending), writer.turnQuote(into: callout) else {
            return
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// The text of an attribute, entities decoded.
    private mutating func text(of attribute: MD_ATTRIBUTE) -> [UInt8] {
        attributeBytes += Int(attribute.size)
        return attribute.decoded
    }
}
