/// Markdown that is short enough for GitHub.
enum LimitedMarkdown {
    /// How many UTF-16 units a text that is cut may be shorter than GitHub allows.
    private static let unusedAtMost = 128

    /// The Markdown of as much of `blocks` as fits, with a link to the rest if it is cut.
    static func text(_ blocks: [EditorBlock], isCut: Bool, for target: MarkdownTarget) -> String {
        let limit = EditorHTML.outputLimit
        if !isCut {
            let whole = write(blocks, target)
            if whole.utf16.count <= limit { return whole }
        }
        let end = continuation(target)
        // Markdown grows with what it is made of, nearly always and nearly evenly, so the first guesses are mostly good
        // ones, and halving finds the end where they are not. Four bytes are at most two units, and each element is one
        // at least.
        var fits = (size: 0, text: write(end, target))
        var tooMuch = (size: min(size(of: blocks) + 1, 4 * limit), length: 2 * limit)
        var guesses = 0
        while fits.size + 1 < tooMuch.size, fits.text.utf16.count + unusedAtMost < limit {
            let (length, room) = (fits.text.utf16.count, tooMuch.size - fits.size)
            let share = (limit - unusedAtMost / 2 - length) * room / (tooMuch.length - length)
            let guess = fits.size + min(max(guesses < 4 ? share : room / 2, 1), room - 1)
            let text = write(prefix(of: blocks, size: guess) + end, target)
            if text.utf16.count <= limit { fits = (guess, text) } else { tooMuch = (guess, text.utf16.count) }
            guesses += 1
        }
        return fits.text
    }

    private static func write(_ blocks: [EditorBlock], _ target: MarkdownTarget) -> String {
        String(decoding: BlockWriter.markdown(blocks, for: target, limit: 4 * EditorHTML.outputLimit), as: UTF8.self)
    }

    private static func continuation(_ target: MarkdownTarget) -> [EditorBlock] {
        let link = EditorStyle(link: target.link(to: Array(target.page.utf8)))
        let text: [EditorInline] = [
            .text(Array("… [".utf8), EditorStyle()), .text(Array("continued in Plane".utf8), link),
            .text(Array("]".utf8), EditorStyle()),
        ]
        return [.paragraph(text, alignment: nil)]
    }

    // MARK: Parts

    private static func size(of blocks: [EditorBlock]) -> Int {
        blocks.reduce(0) { $0 + 1 + size(of: $1) }
    }

    private static func size(of block: EditorBlock) -> Int {
        switch block {
        case .paragraph(let inlines, _), .heading(_, let inlines): inlines.reduce(0) { $0 + size(of: $1) }
        case .code(_, let text): text.count
        case .rule: 0
        case .quote(let blocks), .callout(_, let blocks): size(of: blocks)
        case .list(let list): list.items.reduce(0) { $0 + 1 + size(of: $1.blocks) }
        case .table(let rows): rows.joined().reduce(0) { $0 + 1 + size(of: $1.blocks) }
        }
    }

    private static func size(of inline: EditorInline) -> Int {
        if case .text(let text, _) = inline { text.count } else { 1 }
    }

    private static func prefix(of blocks: [EditorBlock], size limit: Int) -> [EditorBlock] {
        var left = limit
        return prefix(of: blocks, &left)
    }

    /// The first blocks, of which the last may be only a part; `left` is what may still follow.
    private static func prefix(of blocks: [EditorBlock], _ left: inout Int) -> [EditorBlock] {
        var kept: [EditorBlock] = []
        for block in blocks {
            guard left > 0 else { break }
            left -= 1
            if let part = prefix(of: block, &left) { kept.append(part) }
        }
        return kept
    }

    private static func prefix(of block: EditorBlock, _ left: inout Int) -> EditorBlock? {
        if case .rule = block { return block }
        guard left > 0 else { return nil }
        switch block {
        case .paragraph(let inlines, let alignment):
            return .paragraph(prefix(of: inlines, &left), alignment: alignment)
        case .heading(let level, let inlines): return .heading(level: level, prefix(of: inlines, &left))
        case .code(let language, let text):
            let part = wholeScalars(text.prefix(left))
            left -= text.count
            return .code(language: language, part)
        case .rule: return block
        case .quote(let blocks):
            let part = prefix(of: blocks, &left)
            return part.isEmpty ? nil : .quote(part)
        case .callout(let callout, let blocks): return .callout(callout, prefix(of: blocks, &left))
        case .list(var list):
            var items: [EditorItem] = []
            for var item in list.items {
                guard left > 0 else { break }
                left -= 1
                item.blocks = prefix(of: item.blocks, &left)
                items.append(item)
            }
            list.items = items
            return .list(list)
        case .table(let rows):
            // Rows are kept whole.
            var kept: [[EditorCell]] = []
            for row in rows {
                guard left > 0 else { break }
                left -= row.reduce(0) { $0 + 1 + size(of: $1.blocks) }
                if left >= 0 { kept.append(row) }
            }
            return kept.isEmpty ? nil : .table(kept)
        }
    }

    private static func prefix(of inlines: [EditorInline], _ left: inout Int) -> [EditorInline] {
        var kept: [EditorInline] = []
        for inline in inlines {
            guard left > 0 else { break }
            if case .text(let text, let style) = inline, text.count > left {
                kept.append(.text(wholeScalars(text.prefix(left)), style))
            } else {
                kept.append(inline)
            }
            left -= size(of: inline)
        }
        return kept
    }

    private static func wholeScalars(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var text = text
        guard let lead = text.lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return Array(text) }
        let length = text[lead] < 0x80 ? 1 : text[lead] < 0xE0 ? 2 : text[lead] < 0xF0 ? 3 : 4
        if text.endIndex - lead < length { text = text[..<lead] }
        return Array(text)
    }
}
