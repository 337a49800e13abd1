import Base

/// The boxes of tasks in a Markdown source: `- [ ]`, `- [x]`.
///
/// To tick one is by far the most frequent change of a list, and need not touch anything else of it.
enum TaskMarks {
    /// `source`, which is the blocks `old`, with its boxes as in `new`; nil if more than boxes has changed.
    static func ticked(_ source: ArraySlice<UInt8>, _ old: [EditorBlock], as new: [EditorBlock]) -> [UInt8]? {
        let (before, after) = (marks(of: old), marks(of: new))
        guard !before.isEmpty, before.count == after.count, texts(old) == texts(new) else { return nil }
        var ticked = Array(source)
        let places = places(in: ticked)
        guard places.count == before.count else { return nil }
        for (place, (isTicked, mustBe)) in zip(places, zip(before, after)) where isTicked != mustBe {
            ticked[place] = mustBe ? UInt8(ascii: "x") : 0x20
        }
        return ticked
    }

    /// Where the characters between the brackets stand.
    private static func places(in source: [UInt8]) -> [Int] {
        SourceLines(source).lines.compactMap { line in
            guard line.startsItem, !line.isVerbatim, line.text + 3 < line.end, source[line.text] == UInt8(ascii: "["),
                " xX".utf8.contains(source[line.text + 1]), source[line.text + 2] == UInt8(ascii: "]"),
                source[line.text + 3].isSpace
            else { return nil }
            return line.text + 1
        }
    }

    private static func marks(of blocks: [EditorBlock]) -> [Bool] {
        blocks.flatMap { block -> [Bool] in
            switch block {
            case .quote(let blocks), .callout(_, let blocks): marks(of: blocks)
            case .list(let list): list.items.flatMap { ($0.isChecked.map { [$0] } ?? []) + marks(of: $0.blocks) }
            default: []
            }
        }
    }

    private static func texts(_ blocks: [EditorBlock]) -> [[UInt8]] {
        CanonicalBlock.all(in: blocks.map(unticked)).map(\.text)
    }

    private static func unticked(_ block: EditorBlock) -> EditorBlock {
        switch block {
        case .quote(let blocks): return .quote(blocks.map(unticked))
        case .callout(let callout, let blocks): return .callout(callout, blocks.map(unticked))
        case .list(var list):
            for index in list.items.indices {
                list.items[index].isChecked = list.items[index].isChecked.map { _ in false }
                list.items[index].blocks = list.items[index].blocks.map(unticked)
            }
            return .list(list)
        default: return block
        }
    }
}
