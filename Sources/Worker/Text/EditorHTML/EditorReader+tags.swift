import Base

extension EditorReader {
    // MARK: Start tags

    mutating func open(_ tag: HTMLTag) {
        if preformatted != nil { return openInPreformatted(tag) }
        switch tag.name {
        case "image-component": return openPicture(tag)
        case "mention-component":
            guard let id = tag.identifier(in: tokenizer.bytes) else { return }
            beginInline()
            return inlines.append(.mention(id, style))
        case "issue-embed-component":
            endTextBlock()
            if let id = tag.identifier(in: tokenizer.bytes) { add(.paragraph([.workItem(id)], alignment: nil)) }
            return
        case "span": return openMark(tag, [], emoji: emoji(of: tag))
        case "input": return openCheckbox(tag)
        default: break
        }
        switch RawElement.named[tag.name] {
        case .mark(let mark): openMark(tag, MarkSet(mark))
        case .link: openMark(tag, [], link: tag.value("href", in: tokenizer.bytes))
        case .image: openPicture(tag)
        case .lineBreak:
            if hasContent { inlines.append(.lineBreak) }
        case .media, .mediaSource, .transparent, .hidden, nil: break
        case let element?: openBlock(element, tag)
        }
    }

    private mutating func openBlock(_ element: RawElement, _ tag: HTMLTag) {
        endTextBlock()
        heading = nil
        alignment = nil
        switch element {
        case .rule: add(.rule)
        case .heading(let level): heading = level
        case .flow where tag.name == "p": alignment = textAlignment(of: tag)
        case .flow where tag.name == "div": openDivision(tag)
        case .summary:
            openMark(tag, .strong)
        case .quote: openFrame(.quote, tag.name)
        case .list(let isOrdered):
            let number = tag.value("start", in: tokenizer.bytes).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
            let start = number.flatMap { (0...999_999_999).contains($0) ? $0 : nil } ?? 1
            openFrame(.list(start: isOrdered ? start : nil), tag.name)
        case .item: openItem(tag)
        case .preformatted:
            let language = tag.value("language", in: tokenizer.bytes) ?? tag.value("lang", in: tokenizer.bytes)
            preformatted = PreformattedText(language: language ?? [])
        case .table: openFrame(.table, tag.name)
        case .row:
            if let table = frames.lastIndex(where: \.isTable) {
                closeFrames(to: table + 1)
                openFrame(.row, tag.name)
            }
        case .cell(let isHeader): openCell(tag, isHeader: isHeader)
        case .tableSection:
            if let table = frames.lastIndex(where: \.isTable) { closeFrames(to: table + 1) }
        default: break
        }
    }

    private mutating func openDivision(_ tag: HTMLTag) {
        if tag.value("data-type", in: tokenizer.bytes)?.spells("horizontalrule") == true {
            add(.rule)
            openFrame(.plain, tag.name)
        } else if tag.value("data-block-type", in: tokenizer.bytes)?.spells("callout-component") == true {
            openFrame(.callout(background: tag.value("data-background", in: tokenizer.bytes) ?? []), tag.name)
        } else {
            openFrame(.plain, tag.name)
        }
    }

    /// Opens an element, or counts it if it would be too deep.
    private mutating func openFrame(_ kind: EditorFrame.Kind, _ name: String) {
        let frame = EditorFrame(kind: kind, name: name, markFloor: marks.count)
        let isTooDeep = frames.count > Self.depthCap || (frame.deepens && depth >= Markdown.nestingCap)
        guard !isTooDeep else {
            ignored[name, default: 0] += 1
            return
        }
        if case .plain = kind {} else if !frame.isRow, !frame.isCell, !frame.isItem { openFlow() }
        push(kind, name)
    }

    private mutating func openItem(_ tag: HTMLTag) {
        guard let list = frames.lastIndex(where: { $0.isList || $0.isCell }), frames[list].isList else { return }
        closeFrames(to: list + 1)
        var isChecked: Bool?
        if tag.value("data-type", in: tokenizer.bytes)?.spells("taskitem") == true {
            isChecked = tag.value("data-checked", in: tokenizer.bytes)?.spells("true") == true
        }
        openFrame(.item(isChecked: isChecked), tag.name)
    }

    private mutating func openCell(_ tag: HTMLTag, isHeader: Bool) {
        guard let parent = frames.lastIndex(where: { $0.isRow || $0.isTable }) else { return }
        closeFrames(to: parent + 1)
        if frames[parent].isTable { openFrame(.row, "tr") }
        guard frames.last?.isRow == true else { return }
        var cell = EditorCell(isHeader: isHeader)
        cell.columns = tag.number("colspan", in: tokenizer.bytes, maximum: 100) ?? 1
        cell.rows = tag.number("rowspan", in: tokenizer.bytes, maximum: 100) ?? 1
        openFrame(.cell(cell), tag.name)
    }

    /// The box of a task that other programs write: before the text of an ordinary item.
    private mutating func openCheckbox(_ tag: HTMLTag) {
        guard !hasContent, let top = frames.last, case .item(nil) = top.kind, top.blocks.isEmpty,
            tag.value("type", in: tokenizer.bytes)?.spells("checkbox") == true
        else { return }
        frames[frames.count - 1].kind = .item(isChecked: tag.attributes["checked"] != nil)
    }

    private mutating func openInPreformatted(_ tag: HTMLTag) {
        if tag.name == "br" {
            append([0x0A])
        } else if tag.name == "code", let name = tag.value("class", in: tokenizer.bytes) {
            let prefix = Array("language-".utf8)
            let language = name.split(separator: 0x20).first { $0.starts(with: prefix) }
            if let language { preformatted?.language = Array(language.dropFirst(prefix.count)) }
        }
    }

    private mutating func openPicture(_ tag: HTMLTag) {
        let description = tag.value("alt", in: tokenizer.bytes) ?? []
        guard let source = tag.value("src", in: tokenizer.bytes), !source.isEmpty else { return append(description) }
        beginInline()
        let picture = EditorPicture(
            source: source,
            description: description,
            width: pixels(tag.value("width", in: tokenizer.bytes)),
            height: pixels(tag.value("height", in: tokenizer.bytes))
        )
        inlines.append(.picture(picture, style))
    }

    // MARK: Marks

    private mutating func openMark(_ tag: HTMLTag, _ mark: MarkSet, link: [UInt8]? = nil, emoji: [UInt8]? = nil) {
        guard marks.count < Self.depthCap else {
            ignored[tag.name, default: 0] += 1
            return
        }
        marks.append(OpenMark(name: tag.name, mark: mark, link: link, emoji: emoji))
        updateStyle()
    }

    mutating func updateStyle() {
        style = EditorStyle()
        for open in marks {
            style.marks.formUnion(open.mark)
            if let link = open.link { style.link = link }
        }
    }

    // MARK: End tags

    mutating func close(_ name: String) {
        if preformatted != nil {
            if name == "pre" { endPreformatted() }
            return
        }
        if let count = ignored[name], count > 0 {
            ignored[name] = count - 1
            return
        }
        let floor = frames.last?.markFloor ?? 0
        if let index = marks.lastIndex(where: { $0.name == name }), index >= floor {
            let mark = marks[index]
            if name == "summary" { endTextBlock() }
            if let emoji = mark.emoji, !emoji.isEmpty { append(emoji) }
            marks.remove(at: index)
            return updateStyle()
        }
        switch RawElement.named[name] {
        case .heading, .flow, .quote, .list, .item, .table, .row, .cell:
            endTextBlock()
            heading = nil
            alignment = nil
            // The end of what stands around a table is none inside it.
            let isOfTable = ["table", "tr", "td", "th"].contains(name)
            for index in frames.indices.dropFirst().reversed() {
                if frames[index].name == name { return closeFrames(to: index) }
                if frames[index].isCell, !isOfTable { return }
            }
        default: break
        }
    }

    // MARK: Attributes

    private func emoji(of tag: HTMLTag) -> [UInt8]? {
        guard tag.value("data-type", in: tokenizer.bytes)?.spells("emoji") == true,
            let name = tag.value("data-name", in: tokenizer.bytes), (1...64).contains(name.count)
        else { return nil }
        return EmojiNames.values[String(decoding: name, as: UTF8.self)] ?? [0x3A] + name + [0x3A]
    }

    /// A number of pixels; nil for other lengths, such as the 35 % that the editor gives every image.
    private func pixels(_ length: [UInt8]?) -> Int? {
        guard let length else { return nil }
        let digits = length.prefix(while: \.isDigit)
        guard (1...5).contains(digits.count),
            digits.count == length.count || length.dropFirst(digits.count).spells("px")
        else { return nil }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    private func textAlignment(of tag: HTMLTag) -> EditorElement.Alignment? {
        guard let style = tag.value("style", in: tokenizer.bytes) else { return nil }
        for rule in String(decoding: style.prefix(200), as: UTF8.self).split(separator: ";") {
            let halves = rule.split(separator: ":").map { $0.filter { !$0.isWhitespace }.lowercased() }
            if halves.count == 2, halves[0] == "text-align" { return EditorElement.Alignment(rawValue: halves[1]) }
        }
        return nil
    }
}
