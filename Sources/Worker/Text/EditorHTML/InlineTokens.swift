import Base

/// The runs of a paragraph with marks and links as brackets that lie properly in each other.
struct InlineTokens {
    enum Token {
        case open(Int), close(Int)
        case text([UInt8])
        case code([UInt8])
        case picture(EditorPicture)
        case lineBreak
    }

    /// A stretch under one mark or link.
    struct Span {
        /// Nil for a link.
        let mark: MarkSet?
        let link: [UInt8]
        let opening: Int
        var closing = 0
    }

    private(set) var tokens: [Token] = []
    private(set) var spans: [Span] = []
    private var open: [Int] = []

    init(_ runs: [EditorRun]) {
        // A space or line break stands before what opens behind it, where our renderer puts it, and so has fewer marks
        // than it could have. What it has decides what opens first, so this is repeated until nothing changes.
        var runs = runs
        while let outside = read(runs) { runs = outside }
    }

    /// Reads the runs; if white space came to stand outside of marks that it has, returns runs in which it has not.
    private mutating func read(_ runs: [EditorRun]) -> [EditorRun]? {
        tokens.removeAll()
        spans.removeAll()
        open.removeAll()
        let ends = Self.ends(of: runs)
        var outside: [EditorRun] = []
        var isChanged = false
        for (index, var run) in runs.enumerated() {
            close(whatIsNotIn: run.style)
            if !isOpen(run.style), let space = Self.split(&run) {
                tokens.append(space.content == .lineBreak ? .lineBreak : .text([0x20]))
                outside.append(EditorRun(content: space.content, style: openStyle))
                isChanged = isChanged || space.style != openStyle
                if run.content == .text([]) { continue }
            }
            open(run.style, ends[index])
            outside.append(run)
            switch run.content {
            case .text(let text): tokens.append(run.style.marks.contains(.code) ? .code(text) : .text(text))
            case .picture(let picture): tokens.append(.picture(picture))
            case .lineBreak: tokens.append(.lineBreak)
            }
        }
        close(whatIsNotIn: EditorStyle())
        return isChanged ? outside : nil
    }

    /// Takes the space or line break off that `run` begins with.
    private static func split(_ run: inout EditorRun) -> EditorRun? {
        guard !run.style.marks.contains(.code) else { return nil }
        var space = run
        switch run.content {
        case .lineBreak: run.content = .text([])
        case .text(let text) where text.first == 0x20:
            space.content = .text([0x20])
            run.content = .text(Array(text.dropFirst()))
        default: return nil
        }
        return space
    }

    private var openStyle: EditorStyle {
        var style = EditorStyle()
        for number in open {
            if let mark = spans[number].mark { style.marks.insert(mark) } else { style.link = spans[number].link }
        }
        return style
    }

    /// For each run, where each mark, and at last its link, ends.
    private static func ends(of runs: [EditorRun]) -> [[Int]] {
        var ends = [[Int]](repeating: [], count: runs.count)
        var next = [Int](repeating: runs.count, count: MarkSet.nesting.count + 1)
        for index in runs.indices.reversed() {
            for (number, mark) in MarkSet.nesting.enumerated() where !runs[index].style.marks.contains(mark) {
                next[number] = index
            }
            if index + 1 < runs.count, runs[index + 1].style.link != runs[index].style.link {
                next[next.count - 1] = index + 1
            }
            ends[index] = next
        }
        return ends
    }

    private mutating func close(whatIsNotIn style: EditorStyle) {
        let kept = open.firstIndex { number in
            let span = spans[number]
            return span.mark.map { !style.marks.contains($0) } ?? (span.link != style.link)
        }
        while open.count > kept ?? open.count, let number = open.popLast() {
            spans[number].closing = tokens.count
            tokens.append(.close(number))
        }
    }

    /// Whether all of `style` is open.
    private func isOpen(_ style: EditorStyle) -> Bool {
        open.count == MarkSet.nesting.count(where: style.marks.contains) + (style.link == nil ? 0 : 1)
    }

    /// Opens what is missing, what lasts longest first, and a link rather inside a mark.
    private mutating func open(_ style: EditorStyle, _ ends: [Int]) {
        var missing: [(end: Int, number: Int, mark: MarkSet?, link: [UInt8])] = []
        if let link = style.link, !open.contains(where: { spans[$0].mark == nil }) {
            missing.append((ends[ends.count - 1], MarkSet.nesting.count, nil, link))
        }
        for (number, mark) in MarkSet.nesting.enumerated()
        where style.marks.contains(mark) && !open.contains(where: { spans[$0].mark == mark }) {
            missing.append((ends[number], number, mark, []))
        }
        missing.sort { ($1.end, $0.number) < ($0.end, $1.number) }
        for (_, _, mark, link) in missing {
            open.append(spans.count)
            spans.append(Span(mark: mark, link: link, opening: tokens.count))
            tokens.append(.open(spans.count - 1))
        }
    }
}
