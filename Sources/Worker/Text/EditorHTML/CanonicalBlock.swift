/// A block in the form that it has once Plane's editor has opened it, for comparison only.
///
/// The editor drops what it has no node for: subscripts, superscripts and the links of pictures. It takes pictures out
/// of their paragraphs, and draws emoji with or without the sign for colour.
struct CanonicalBlock: Equatable {
    let text: [UInt8]
    /// The number of the block that it is, or is a part of.
    let index: Int

    private static let limit = 64 << 20

    /// Those of `blocks`, in their order.
    static func all(in blocks: [EditorBlock]) -> [CanonicalBlock] {
        var all: [CanonicalBlock] = []
        for (index, block) in blocks.enumerated() {
            for part in parts(of: block) {
                all.append(CanonicalBlock(text: BlockWriter.markdown([part], for: nil, limit: limit), index: index))
            }
        }
        return all
    }

    private static func parts(of blocks: [EditorBlock]) -> [EditorBlock] { blocks.flatMap(parts) }

    private static func parts(of block: EditorBlock) -> [EditorBlock] {
        switch block {
        case .paragraph(let inlines, _): return paragraphs(of: inlines)
        case .heading(let level, let inlines):
            return [.heading(level: level, inlines.filter { !isPicture($0) }.map(plain))].filter(hasText)
                + inlines.filter(isPicture).map { .paragraph([plain($0)], alignment: nil) }
        case .code, .rule: return [block]
        case .quote(let blocks): return [.quote(parts(of: blocks))]
        case .callout(let callout, let blocks): return [.callout(callout, parts(of: blocks))]
        case .list(var list):
            for index in list.items.indices { list.items[index].blocks = parts(of: list.items[index].blocks) }
            return [.list(list)]
        case .table(let rows):
            return [
                .table(
                    rows.map { row in
                        row.map { cell in
                            var cell = cell
                            cell.blocks = parts(of: cell.blocks)
                            return cell
                        }
                    }
                )
            ]
        }
    }

    private static func paragraphs(of inlines: [EditorInline]) -> [EditorBlock] {
        var paragraphs: [EditorBlock] = []
        var line: [EditorInline] = []
        func flush() {
            let paragraph = EditorBlock.paragraph(line, alignment: nil)
            if hasText(paragraph) { paragraphs.append(paragraph) }
            line.removeAll()
        }
        for inline in inlines.map(plain) {
            if isPicture(inline) {
                flush()
                paragraphs.append(.paragraph([inline], alignment: nil))
            } else {
                line.append(inline)
            }
        }
        flush()
        return paragraphs
    }

    private static func hasText(_ block: EditorBlock) -> Bool {
        switch block {
        case .paragraph(let inlines, _), .heading(_, let inlines): !EditorRuns(inlines, for: nil).runs.isEmpty
        default: true
        }
    }

    private static func isPicture(_ inline: EditorInline) -> Bool { if case .picture = inline { true } else { false } }

    private static func plain(_ inline: EditorInline) -> EditorInline {
        switch inline {
        case .text(let text, var style):
            style.marks.subtract([.subscripted, .superscripted])
            return .text(withoutColourSigns(text), style)
        case .picture(let picture, _): return .picture(picture, EditorStyle())
        case .lineBreak, .mention, .workItem: return inline
        }
    }

    /// `text` without U+FE0F.
    private static func withoutColourSigns(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(0xEF) else { return text }
        var plain: [UInt8] = []
        var rest = text[...]
        while let first = rest.first {
            if rest.starts(with: [0xEF, 0xB8, 0x8F]) {
                rest = rest.dropFirst(3)
            } else {
                plain.append(first)
                rest = rest.dropFirst()
            }
        }
        return plain
    }
}
