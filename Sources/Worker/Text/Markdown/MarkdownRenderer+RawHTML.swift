import Base

extension MarkdownRenderer {
    /// Reads the gathered raw HTML: text goes where text goes, tags become what the editor has for them.
    mutating func readRawHTML() {
        var tokenizer = HTMLTokenizer(rawHTML)
        rawHTML.removeAll(keepingCapacity: true)
        while isWithinLimits, let token = tokenizer.next() {
            switch token {
            case .text(let range): rawText(tokenizer.bytes[range])
            case .start(let tag, let range):
                guard let element = RawElement.named[tag.name] else {
                    literal(tokenizer.bytes[range])
                    continue
                }
                open(element, tag, in: &tokenizer)
            case .end(let name, let range):
                if let hidden = hiddenElement {
                    if hidden == name { hiddenElement = nil }
                } else if let element = RawElement.named[name] {
                    close(element, name)
                } else {
                    literal(tokenizer.bytes[range])
                }
            case .declaration(let range): literal(tokenizer.bytes[range])
            }
        }
    }

    /// Writes the text of an open `<pre>` as a code block.
    mutating func endPreformatted() {
        guard let block = preformatted else { return }
        preformatted = nil
        let text = block.text.first == 0x0A ? block.text.dropFirst() : block.text[...]
        if !text.isEmpty { writer.codeBlock(text, language: block.language) }
    }

    // MARK: Text

    /// Writes a tag that HTML does not know (`<server>`), or XML such as `<?xml version="1.0"?>`, as text.
    private mutating func literal(_ tag: ArraySlice<UInt8>) {
        append(tag)
    }

    private mutating func rawText(_ text: ArraySlice<UInt8>) {
        var decoded: [UInt8] = []
        HTMLEntities.decode(text, into: &decoded)
        guard preformatted == nil else { return append(decoded) }
        decoded = Self.collapsed(decoded)
        guard !isInImage else { return append(decoded) }
        let shielded = MathSpans.shielded(decoded)
        if shielded.count != decoded.count { isShielded = true }
        append(shielded)
    }

    /// With every run of white space made one space, which is what it shows as.
    private static func collapsed(_ text: [UInt8]) -> [UInt8] {
        var collapsed: [UInt8] = []
        collapsed.reserveCapacity(text.count)
        for byte in text {
            if !byte.isSpace {
                collapsed.append(byte)
            } else if collapsed.last != 0x20 {
                collapsed.append(0x20)
            }
        }
        return collapsed
    }

    // MARK: Tags

    private mutating func open(_ element: RawElement, _ tag: HTMLTag, in tokenizer: inout HTMLTokenizer) {
        guard hiddenElement == nil, !isInImage else { return }
        let bytes = tokenizer.bytes
        if case .hidden = element {
            hiddenElement = tag.name
            tokenizer.skipContent(of: tag.name)
            return
        }
        guard preformatted == nil else { return openInPreformatted(element, tag, bytes) }
        guard !isHidden(element, tag) else { return append(mediaURL(of: tag, bytes).map { [0x20] + $0 } ?? []) }
        flushText()
        switch element {
        case .mark(let mark): writer.marks.switchOn(mark, isRaw: true)
        case .link:
            let url = tag.value("href", in: bytes).flatMap { links.resolve($0, for: .link) }
            writer.marks.switchOn(.link, link: url, isRaw: true)
        case .image: openImage(tag, bytes)
        case .media: openMedia(tag, bytes)
        case .mediaSource: showSource(of: tag, bytes)
        case .lineBreak: writer.lineBreak()
        case .preformatted: preformatted = PreformattedText(language: tag.value("lang", in: bytes) ?? [])
        case .hidden, .transparent: break
        default: openBlock(element, tag, bytes)
        }
    }

    private mutating func openBlock(_ element: RawElement, _ tag: HTMLTag, _ bytes: [UInt8]) {
        writer.endTextBlock()
        writer.heading = nil
        switch element {
        case .rule: writer.rule()
        case .heading(let level): writer.heading = level
        case .summary: writer.marks.switchOn(.strong, isRaw: true)
        case .quote: writer.openQuote(isRaw: true)
        case .list(let isOrdered):
            let start = tag.number("start", in: bytes, maximum: 999_999_999) ?? 1
            writer.openList(isOrdered: isOrdered, start: start, isRaw: true)
        case .item:
            if writer.returnToRaw([.list], barriers: [.table, .row, .cell, .headerCell, .quote]) {
                writer.openItem(isRaw: true)
            }
        case .table: writer.openTable(isRaw: true)
        case .tableSection: _ = writer.returnToRaw([.table])
        case .row:
            if writer.returnToRaw([.table]) { writer.openRow(isRaw: true) }
        case .cell(let isHeader):
            if !writer.returnToRaw([.row], barriers: [.table]) {
                guard writer.returnToRaw([.table]) else { return }
                writer.openRow(isRaw: true)
            }
            writer.openCell(
                isHeader: isHeader,
                alignment: tag.value("align", in: bytes).flatMap {
                    EditorElement.Alignment(rawValue: String(decoding: $0.map(\.lowercased), as: UTF8.self))
                },
                columns: tag.number("colspan", in: bytes, maximum: 100) ?? 1,
                rows: tag.number("rowspan", in: bytes, maximum: 100) ?? 1,
                isRaw: true
            )
        default: break
        }
    }

    /// Inside `<pre>` only the language of a `<code>`, line breaks and the addresses of media have an effect.
    private mutating func openInPreformatted(_ element: RawElement, _ tag: HTMLTag, _ bytes: [UInt8]) {
        switch element {
        case .lineBreak: append(CollectionOfOne(UInt8(ascii: "\n")))
        case .mark(.code):
            let prefix = Array("language-".utf8)
            guard let name = tag.value("class", in: bytes), name.starts(with: prefix) else { return }
            preformatted?.language = Array(name.dropFirst(prefix.count))
        case .image, .media, .mediaSource: append(mediaURL(of: tag, bytes) ?? [])
        default: break
        }
    }

    private mutating func openImage(_ tag: HTMLTag, _ bytes: [UInt8]) {
        let description = tag.value("alt", in: bytes) ?? []
        guard let source = tag.value("src", in: bytes).flatMap({ links.resolve($0, for: .image) }) else {
            return append(description)
        }
        media?.isShown = true
        show(
            EditorImage(
                source: source,
                description: description,
                width: tag.value("width", in: bytes),
                height: tag.value("height", in: bytes)
            )
        )
    }

    // MARK: Media

    private mutating func openMedia(_ tag: HTMLTag, _ bytes: [UInt8]) {
        endMedia()
        media = MediaElement(tag)
        showSource(of: tag, bytes)
        if tag.name == "embed" { endMedia() }  // it has no content and no end tag
    }

    /// Whether a tag stands in a media element that is linked; a tag that cannot stand there ends that element.
    private mutating func isHidden(_ element: RawElement, _ tag: HTMLTag) -> Bool {
        guard let media, media.hidesContent else { return false }
        guard element.isStructure || tag.name == media.name else { return true }
        endUnclosedMedia()
        return false
    }

    /// Links what a media element or one of its sources names.
    private mutating func showSource(of tag: HTMLTag, _ bytes: [UInt8]) {
        guard media?.isShown != true, let url = mediaURL(of: tag, bytes) else { return }
        if media?.isPicture == true {
            if media?.fallback == nil { media?.fallback = url }
        } else if media != nil || tag.attributes["srcset"] == nil {
            media?.isShown = true
            link(to: url)
        }
    }

    private func mediaURL(of tag: HTMLTag, _ bytes: [UInt8]) -> [UInt8]? {
        MediaElement.source(of: tag, in: bytes).flatMap { links.resolve($0, for: .image) }
    }

    /// Ends the media element that is open.
    mutating func endMedia() {
        guard let ended = media else { return }
        media = nil
        if !ended.isShown, let url = ended.fallback { link(to: url) }
    }

    /// Ends a media element that has no end tag: what was taken for its alternative is ordinary text then.
    mutating func endUnclosedMedia() {
        let text = media?.alternative ?? []
        endMedia()
        append(text)
        flushText()
    }

    private mutating func link(to url: [UInt8]) {
        if writer.bytes.count == mediaLinkEnd { writer.text([0x20]) }
        writer.marks.switchOn(.link, link: url)
        writer.text(url[...])
        writer.marks.switchOffMarkdown()
        mediaLinkEnd = writer.bytes.count
    }

    private mutating func close(_ element: RawElement, _ name: String) {
        guard !isInImage else { return }
        if preformatted != nil {
            if case .preformatted = element { endPreformatted() }
            return
        }
        if let media, media.hidesContent, name != media.name {
            guard element.isStructure else { return }
            endUnclosedMedia()
        }
        flushText()
        switch element {
        case .mark(let mark): writer.marks.switchOffRaw(mark)
        case .link:
            writer.marks.switchOffRaw(.link)
            writePictureLinks()
        case .media where name == media?.name: endMedia()
        case .image, .media, .mediaSource, .lineBreak, .rule, .preformatted, .hidden, .transparent: break
        case .heading:
            writer.endTextBlock()
            writer.heading = nil
        case .summary:
            writer.endTextBlock()
            writer.marks.switchOffRaw(.strong)
        case .flow: writer.endTextBlock()
        case .quote: _ = writer.closeRaw([.quote], barriers: [.cell, .headerCell])
        case .list: _ = writer.closeRaw([.list], barriers: [.cell, .headerCell])
        case .item: _ = writer.closeRaw([.item], barriers: [.list, .cell, .headerCell])
        case .table: _ = writer.closeRaw([.table])
        case .tableSection: _ = writer.returnToRaw([.table])
        case .row: _ = writer.closeRaw([.row], barriers: [.table])
        case .cell: _ = writer.closeRaw([.cell, .headerCell], barriers: [.table])
        }
    }
}
