import Base

/// Carries a change of the text in Plane into GitHub's source and leaves the rest of the source as it is.
///
/// Correcting a comma in Plane must not reformat somebody's whole issue, nor lose what Plane cannot hold: notes,
/// formulas, comments, `<details>`.
struct MergedMarkdown {
    private let source: [UInt8]
    /// The line end that the source uses.
    private let newline: [UInt8]
    private let target: MarkdownTarget
    private let parts: [SourceBlocks.Part]
    private let new: [EditorBlock]
    /// For each part that stays, the blocks of the new text that it is.
    private var kept: [Range<Int>?]
    /// How many blocks of the new text belong to parts; the footnotes follow.
    private let end: Int

    private var output: [UInt8] = []
    /// The blocks that the output must become in Plane.
    private var expected: [EditorBlock] = []
    /// Whether the next part must be set off by an empty line.
    private var isApart = false

    /// `source` with the difference between `old`, which our renderer made of it, and `new`; nil if the blocks of the
    /// source cannot be told from each other, or if the result would not be the new text.
    static func text(source: String, old: String, new: String, for target: MarkdownTarget) -> String? {
        let oldTexts = CanonicalBlock.all(in: EditorReader.blocks(of: Array(old.utf8))).map(\.text)
        let newBlocks = EditorReader.blocks(of: Array(new.utf8))
        let canonical = CanonicalBlock.all(in: newBlocks)
        if oldTexts == canonical.map(\.text) { return source }
        let bytes = Array(source.utf8)
        guard let blocks = SourceBlocks(bytes, in: target.links.context),
            var merged = MergedMarkdown(bytes, blocks, oldTexts, newBlocks, canonical, target)
        else { return nil }
        merged.write()
        return merged.isRight(blocks.tail, target) ? String(decoding: merged.output, as: UTF8.self) : nil
    }

    private init?(
        _ source: [UInt8],
        _ blocks: SourceBlocks,
        _ oldTexts: [[UInt8]],
        _ new: [EditorBlock],
        _ canonical: [CanonicalBlock],
        _ target: MarkdownTarget
    ) {
        let texts = (blocks.parts.map(\.blocks) + [blocks.tail]).map { CanonicalBlock.all(in: $0).map(\.text) }
        let own = texts.flatMap(\.self)
        // Another version of our renderer may have made the old text, a little differently.
        let old = oldTexts.count == own.count ? oldTexts : own
        let matches = CommonSequence.matches(old, canonical.map(\.text))
        var kept: [Range<Int>?] = []
        var position = 0
        for texts in texts {
            kept.append(Self.blocks(of: matches[position..<(position + texts.count)], in: canonical))
            position += texts.count
        }
        let tail = kept.removeLast()
        // The notes stand apart from their references, and an edited one has no place in the source.
        guard blocks.tail.isEmpty || tail?.upperBound == new.count else { return nil }
        self.source = source
        newline = source.firstRange(of: Array("\r\n".utf8)) == nil ? [0x0A] : [0x0D, 0x0A]
        self.new = new
        self.kept = kept
        parts = blocks.parts
        end = blocks.tail.isEmpty ? new.count : tail?.lowerBound ?? new.count
        var target = target
        for (label, number) in MarkdownSource(String(decoding: source, as: UTF8.self)).footnotes {
            target.footnotes[number] = label
        }
        target.definesLinks = source.indices.dropLast().contains {
            source[$0] == UInt8(ascii: "]") && source[$0 + 1] == UInt8(ascii: ":")
        }
        self.target = target
    }

    /// The blocks of the new text that a part is, if it is there whole and nothing was put into it.
    private static func blocks(of matches: ArraySlice<Int?>, in canonical: [CanonicalBlock]) -> Range<Int>? {
        guard let first = matches.first ?? nil, let last = matches.last ?? nil, last - first == matches.count - 1,
            matches.allSatisfy({ $0 != nil })
        else { return nil }
        let startsBlock = first == 0 || canonical[first - 1].index < canonical[first].index
        let endsBlock = last == canonical.count - 1 || canonical[last + 1].index > canonical[last].index
        return startsBlock && endsBlock ? canonical[first].index..<canonical[last].index + 1 : nil
    }

    // MARK: Writing

    private mutating func write() {
        var next = 0
        var number = 0
        while number < parts.count {
            if parts[number].blocks.isEmpty || kept[number] != nil {
                if let range = kept[number] {
                    if range.lowerBound > next { add(Array(new[next..<range.lowerBound])) }
                    next = range.upperBound
                }
                keep(parts[number])
                number += 1
                continue
            }
            // Everything up to the next part that stays is replaced by what is new before it.
            let changed = parts[number...].indices.prefix { kept[$0] == nil }
            let limit = changed.endIndex < parts.count ? kept[changed.endIndex]?.lowerBound ?? end : end
            replace(changed, with: Array(new[next..<max(next, limit)]))
            next = max(next, limit)
            number = changed.endIndex
        }
        if next < end { add(Array(new[next..<end])) }
    }

    /// Writes `blocks` in the place of the parts `numbers`, each in the place of its own if there are as many.
    private mutating func replace(_ numbers: Range<Int>, with blocks: [EditorBlock]) {
        var rest = blocks[...]
        let isAligned = numbers.reduce(0) { $0 + parts[$1].blocks.count } == blocks.count
        for number in numbers {
            let part = parts[number]
            if part.blocks.isEmpty {
                keep(part)
                continue
            }
            let share = isAligned ? rest.prefix(part.blocks.count) : rest
            rest = rest.dropFirst(share.count)
            let text = source[part.range]
            let core = text[..<(text.lastIndex { !$0.isSpace }.map { $0 + 1 } ?? text.startIndex)]
            if let ticked = TaskMarks.ticked(text, part.blocks, as: Array(share)) {
                append(ticked, Array(share))
                isApart = false
            } else if !share.isEmpty {
                add(Array(share))
                output += text[core.endIndex...]
            }
            if share.isEmpty { isApart = true }
        }
    }

    private mutating func keep(_ part: SourceBlocks.Part) {
        append(Array(source[part.range]), part.blocks)
        isApart = false
    }

    /// Writes blocks that are new.
    private mutating func add(_ blocks: [EditorBlock]) {
        isApart = true
        var text = BlockWriter.markdown(blocks, for: target, limit: 4 * EditorHTML.outputLimit)
        if newline != [0x0A] {
            text = Array(text.split(separator: 0x0A, omittingEmptySubsequences: false).joined(separator: newline))
        }
        append(text, blocks)
        isApart = true
    }

    private mutating func append(_ text: [UInt8], _ blocks: [EditorBlock]) {
        if isApart, !output.isEmpty, text.contains(where: { !$0.isSpace }) {
            let end = output[(output.lastIndex { !$0.isSpace }.map { $0 + 1 } ?? 0)...].count { $0 == 0x0A }
            for _ in end..<max(2, end) { output += newline }
            // Two lists would become one.
            if let last = expected.last, let first = blocks.first, BlockWriter.wouldMerge(last, first) {
                output += "<!-- -->".utf8 + newline + newline
            }
        }
        output += text
        expected += blocks
    }

    // MARK: Checking

    /// Whether the output becomes the new text in Plane.
    private func isRight(_ tail: [EditorBlock], _ target: MarkdownTarget) -> Bool {
        guard output.count <= 4 * EditorHTML.outputLimit else { return false }
        let text = String(decoding: output, as: UTF8.self)
        guard text.utf16.count <= EditorHTML.outputLimit else { return false }
        let back = EditorReader.blocks(of: Array(Markdown.html(text, in: target.links.context).utf8))
        let limit = 16 * EditorHTML.outputLimit
        let (found, wanted) = (
            BlockWriter.markdown(back, for: target, limit: limit),
            BlockWriter.markdown(expected + tail, for: target, limit: limit)
        )
        return BlockWriter.withoutTabs(found) == BlockWriter.withoutTabs(wanted)
    }
}
