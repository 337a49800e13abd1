import Base

/// Writes blocks as GitHub-flavoured Markdown.
struct BlockWriter {
    private(set) var output: [UInt8] = []
    let target: MarkdownTarget?
    /// Beyond this many bytes nothing more is written.
    private let limit: Int

    /// What stands before each line: the marks of quotes and the indentation of lists.
    private var prefix: [UInt8] = []
    /// What stands before the next line instead, because list items begin in it.
    private var firstPrefix: [UInt8]?
    /// Whether the last paragraph begins with a tag, which alone in its line makes HTML of the next one.
    private var isTag = false
    private(set) var isInList = false

    /// The Markdown of `blocks`, without a line end behind it.
    static func markdown(_ blocks: [EditorBlock], for target: MarkdownTarget?, limit: Int) -> [UInt8] {
        var writer = BlockWriter(target: target, limit: limit)
        writer.write(blocks)
        if writer.output.last == 0x0A { writer.output.removeLast() }
        return writer.output
    }

    private init(target: MarkdownTarget?, limit: Int) {
        self.target = target
        self.limit = limit
    }

    // MARK: Lines

    mutating func line(_ text: some Collection<UInt8>) {
        guard output.count <= limit else { return }
        output += firstPrefix ?? prefix
        firstPrefix = nil
        if text.isEmpty {
            while output.last == 0x20 { output.removeLast() }
        }
        output += text
        output.append(0x0A)
    }

    mutating func lines(_ text: [UInt8]) {
        for part in text.split(separator: 0x0A, omittingEmptySubsequences: false) { line(part) }
    }

    // MARK: Blocks

    mutating func write(_ blocks: [EditorBlock], isInItem: Bool = false, isInQuote: Bool = false) {
        var previous: EditorBlock?
        var usesOtherMark = false
        for block in blocks where output.count <= limit {
            if let before = previous { separate(before, block, isInItem: isInItem) }
            usesOtherMark = previous.map { Self.wouldMerge($0, block) } == true && !usesOtherMark
            switch block {
            case .list(let list): write(list, usesOtherMark: usesOtherMark)
            case .rule: line((isInItem ? "___" : "---").utf8)
            case .paragraph(let inlines, _):
                paragraph(inlines, isFirstInQuote: isInQuote && previous == nil)
            case .heading(let level, let inlines):
                let mark = [UInt8](repeating: UInt8(ascii: "#"), count: level) + [0x20]
                line(
                    mark
                        + inline(
                            inlines,
                            .heading,
                            isFirstInQuote: isInQuote && previous == nil
                        )
                )
            case .code(let language, let text): code(text, language: language)
            case .quote(let blocks): quote(blocks)
            case .callout(let callout, let blocks): write(callout, blocks)
            case .table(let rows): table(rows)
            }
            previous = block
        }
    }

    private mutating func separate(_ before: EditorBlock, _ block: EditorBlock, isInItem: Bool) {
        guard isTight(before, block, isInItem: isInItem) else { return line([]) }
        // Our renderer, which looks for notes outside of code, takes a fence at once behind a list for one in it.
        if case .list = before, case .code = block { line(Self.comment) }
    }

    private static let comment = ReferenceBreaks.comment.withUTF8Buffer { Array($0) }

    /// Whether no empty line is needed, which would spread out the list around it.
    private func isTight(_ before: EditorBlock, _ block: EditorBlock, isInItem: Bool) -> Bool {
        guard isInList else { return false }
        if Self.endsAlone(before) { return true }
        guard isInItem, !isTag, case .paragraph = before, case .list(let list) = block else { return false }
        return list.start ?? 1 == 1
    }

    /// Whether a block ends by itself: no line could belong to it that follows at once.
    ///
    /// An empty line behind it must not stand in a list: depending on what lies in its memory, md4c 0.4.8 takes it for
    /// the end of the item.
    static func endsAlone(_ block: EditorBlock) -> Bool {
        switch block {
        case .heading, .rule, .code: true
        case .list(let list): list.items.last?.blocks.last.map(endsAlone) ?? false
        default: false
        }
    }

    /// Whether two lists would become one.
    static func wouldMerge(_ before: EditorBlock, _ block: EditorBlock) -> Bool {
        guard case .list(let first) = before, case .list(let second) = block else { return false }
        return (first.start == nil) == (second.start == nil)
    }

    func inline(_ inlines: [EditorInline], _ place: InlineWriter.Place, isFirstInQuote: Bool = false) -> [UInt8] {
        let runs = EditorRuns(inlines, for: target).runs
        var text = InlineWriter.markdown(runs, in: place, isInList: isInList, for: target)
        let first = text.prefix { $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "<") }
        if isFirstInQuote, first.count <= 12, Callout(line: Array(first)) != nil {
            text.insert(contentsOf: Self.comment, at: 1)
        }
        return text
    }

    private mutating func paragraph(_ inlines: [EditorInline], isFirstInQuote: Bool = false) {
        let text = inline(inlines, .paragraph, isFirstInQuote: isFirstInQuote)
        isTag = text.first == UInt8(ascii: "<")
        lines(text)
    }

    private mutating func code(_ text: [UInt8], language: [UInt8]) {
        var longest = 2
        var run = 0
        for byte in text {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = [UInt8](repeating: UInt8(ascii: "`"), count: longest + 1)
        line(fence + language.prefix(40).prefix { $0.isAlphanumeric || "+-_.#".utf8.contains($0) })
        // md4c takes a block without a line for none in a list.
        let keepsTabs = target != nil && prefix.isEmpty && firstPrefix == nil
        lines(keepsTabs ? text : Self.withoutTabs(text))
        line(fence)
    }

    /// `text` with spaces for the tabs that indent its lines, as md4c shows them.
    ///
    /// In a quote or list tabs would count from elsewhere, and for comparison both are the same.
    static func withoutTabs(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(0x09) else { return text }
        var output: [UInt8] = []
        var column: Int? = 0
        for byte in text {
            if let indent = column, byte == 0x09 {
                output += repeatElement(0x20, count: 4 - indent % 4)
                column = (indent / 4 + 1) * 4
                continue
            }
            output.append(byte)
            column = byte == 0x0A ? 0 : byte == 0x20 ? column.map { $0 + 1 } : nil
        }
        return output
    }

    // MARK: Containers

    /// Writes what stands behind a mark, and indented like it.
    private mutating func inside(_ first: [UInt8], _ others: [UInt8], _ write: (inout Self) -> Void) {
        let outer = prefix
        firstPrefix = (firstPrefix ?? prefix) + first
        prefix += others
        write(&self)
        prefix = outer
    }

    private mutating func quote(_ blocks: [EditorBlock]) {
        let mark = Array("> ".utf8)
        inside(mark, mark) { $0.write(blocks, isInQuote: true) }
    }

    private mutating func write(_ callout: Callout, _ blocks: [EditorBlock]) {
        let mark = Array("> ".utf8)
        inside(mark, mark) { writer in
            writer.line("[!\(callout.rawValue.uppercased())]".utf8)
            if case .paragraph = blocks.first {} else if !blocks.isEmpty { writer.line([]) }
            writer.write(blocks)
        }
    }

    private mutating func write(_ list: EditorList, usesOtherMark: Bool) {
        let wasInList = isInList
        isInList = true
        defer { isInList = wasInList }
        var number = list.start
        var isSpread = false
        for item in list.items {
            // Behind a quote in an item, md4c sees no box of a task without an empty line.
            if isSpread { line([]) }
            isSpread = item.blocks.last.map(Self.endsWithQuote) ?? false
            var mark: [UInt8]
            if let value = number {
                mark = Array("\(value)\(usesOtherMark ? ")" : ".") ".utf8)
                number = min(value + 1, 999_999_999)
            } else {
                mark = Array((usesOtherMark ? "* " : "- ").utf8)
            }
            let indent = [UInt8](repeating: 0x20, count: mark.count)
            if let isChecked = item.isChecked { mark += (isChecked ? "[x] " : "[ ] ").utf8 }
            inside(mark, indent) { $0.write(item) }
        }
    }

    private static func endsWithQuote(_ block: EditorBlock) -> Bool {
        switch block {
        case .quote, .callout, .table: true
        case .list(let list): list.items.last?.blocks.last.map(endsWithQuote) ?? false
        default: false
        }
    }

    private mutating func write(_ item: EditorItem) {
        var isEmpty = item.blocks.isEmpty
        // Only text can stand behind the box of a task.
        if item.isChecked != nil {
            if case .paragraph? = item.blocks.first {} else { isEmpty = true }
        }
        if isEmpty {
            line(Self.comment)
            if !item.blocks.isEmpty { line([]) }
        }
        write(item.blocks, isInItem: true)
    }
}
