import Base

/// Markdown that comes round the same: what our renderer makes of it has this Markdown again.
///
/// The writer alone sees to that for all that Plane's editor writes. Comments that come through Plane's public API may
/// be torn and hostile in ways that nobody has thought of; where such a text would change at each round, this gives up
/// its form to keep its words.
enum StableMarkdown {
    private static let rounds = 3

    /// The Markdown of `blocks`, which is only their beginning if `isCut`.
    static func text(_ blocks: [EditorBlock], isCut: Bool, for target: MarkdownTarget) -> String {
        if let text = settled(blocks, isCut: isCut, target) { return text }
        let simple = blocks.flatMap { settled([$0], isCut: false, target) == nil ? plain($0, target) : [$0] }
        return settled(simple, isCut: isCut, target)
            ?? LimitedMarkdown.text(blocks.flatMap { plain($0, target) }, isCut: isCut, for: target)
    }

    /// The Markdown of `blocks`, if after a few rounds it does not change any more and still says the same.
    private static func settled(_ blocks: [EditorBlock], isCut: Bool, _ target: MarkdownTarget) -> String? {
        var text = LimitedMarkdown.text(blocks, isCut: isCut, for: target)
        var before: [UInt8]?
        for _ in 0..<rounds {
            let back = EditorReader.blocks(of: Array(Markdown.html(text, in: target.links.context).utf8))
            let next = BlockWriter.markdown(back, for: target, limit: 4 * EditorHTML.outputLimit)
            if next == BlockWriter.withoutTabs(Array(text.utf8)) {
                return before == nil || before == words(of: back, target) ? text : nil
            }
            // What is cut off is no word that got lost.
            before = before ?? words(of: isCut ? back : blocks, target)
            text = String(decoding: next, as: UTF8.self)
            guard text.utf16.count <= EditorHTML.outputLimit else { return nil }
        }
        return nil
    }

    // MARK: Words

    /// `block` without marks, links and pictures; code and rules stay.
    private static func plain(_ block: EditorBlock, _ target: MarkdownTarget) -> [EditorBlock] {
        switch block {
        case .code, .rule: [block]
        default: lines(of: [block], target).map { .paragraph([.text($0, EditorStyle())], alignment: nil) }
        }
    }

    /// The text of each paragraph, heading and code block.
    private static func lines(of blocks: [EditorBlock], _ target: MarkdownTarget) -> [[UInt8]] {
        blocks.flatMap { block -> [[UInt8]] in
            switch block {
            case .paragraph(let inlines, _), .heading(_, let inlines):
                let text = EditorRuns(inlines, for: target).runs.flatMap { run -> [UInt8] in
                    if case .text(let text) = run.content { text } else { [0x20] }
                }
                return text.allSatisfy(\.isSpace) ? [] : [text]
            case .code(_, let text): return [text]
            case .rule: return []
            case .quote(let blocks), .callout(_, let blocks): return lines(of: blocks, target)
            case .list(let list): return list.items.flatMap { lines(of: $0.blocks, target) }
            case .table(let rows): return rows.joined().flatMap { lines(of: $0.blocks, target) }
            }
        }
    }

    /// What `blocks` say, without white space.
    private static func words(of blocks: [EditorBlock], _ target: MarkdownTarget) -> [UInt8] {
        lines(of: blocks, target).joined().filter { !$0.isSpace }
    }
}
