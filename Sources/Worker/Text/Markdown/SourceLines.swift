import Base

/// A line of a Markdown source, with what can be told of it without parsing the whole source.
struct SourceLine {
    let start: Int
    /// Where its text begins, behind the marks of quotes and list items.
    let text: Int
    /// Where it ends, without its line end, and where the next one begins.
    let end: Int
    let next: Int
    /// How many quotes it is in.
    let quotes: Int
    /// The indentation of its text behind the last quote mark; a tab ends at the next multiple of four.
    let column: Int
    /// Whether it is indented so far that only a paragraph before it keeps it from being code.
    let isIndented: Bool
    let startsItem: Bool
    /// Code, or HTML that does not end with a blank line: comments, `<pre>`, `<?php`.
    let isVerbatim: Bool
    /// HTML that ends with a blank line: `<div>`.
    let isHTML: Bool

    var isBlank: Bool { text == end }

    /// Whether a byte can belong to the indentation of a line and its marks of quotes and list items.
    static func isInPrefix(_ byte: UInt8) -> Bool { byte.isDigit || " \t>-+*.)".utf8.contains(byte) }
}

/// Reads the lines of a Markdown source one after the other, in linear time.
///
/// This is exact enough to find what md4c does not know: footnotes and formulas. In odd nestings of lists it may be
/// wrong about where code and HTML begin and end.
struct SourceLines {
    /// Lines that are taken as they are until their end comes or what they stand in ends.
    private struct Verbatim {
        enum End {
            case fence(CodeFence)
            case html(HTMLBlock.End)
        }

        let end: End
        let quotes: Int
        let column: Int

        var endsWithBlankLine: Bool {
            if case .html(.blankLine) = end { true } else { false }
        }

        func ends(with text: ArraySlice<UInt8>) -> Bool {
            switch end {
            case .fence(let fence): fence.isClosed(by: text)
            case .html(.blankLine): text.isEmpty
            case .html(.mark(let mark)):
                text.indices.contains { start in
                    text[start] == mark[0]
                        && text[start...].prefix(mark.count).elementsEqual(mark) { $0.lowercased == $1 }
                }
            }
        }
    }

    private let source: [UInt8]
    private var verbatim: Verbatim?
    /// The columns at which the open list items have their text.
    private var items: [Int] = []
    private var quotes = 0
    private var isAfterText = false

    private(set) var lines: [SourceLine] = []

    init(_ source: [UInt8]) {
        self.source = source
        var start = 0
        while start < source.count {
            let line = line(at: start)
            lines.append(line)
            start = line.next
        }
    }

    /// The text that closes code or HTML which is still open at the end, so that more can be appended to the source.
    ///
    /// Inside a list or quote it ends with that, and nothing is needed.
    var openEnd: [UInt8]? {
        guard let verbatim, verbatim.quotes == 0, verbatim.column == 0 else { return nil }
        switch verbatim.end {
        case .fence(let fence): return [UInt8](repeating: fence.mark, count: fence.count)
        case .html(.mark(let mark)): return mark
        case .html(.blankLine): return nil
        }
    }

    private mutating func line(at start: Int) -> SourceLine {
        let end = source[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? source.count
        let isCRLF = end + 1 < source.count && source[end] == 0x0D && source[end + 1] == 0x0A
        var index = start
        var (column, quotes, startsItem) = (0, 0, false)
        func line(isVerbatim: Bool = false, isHTML: Bool = false) -> SourceLine {
            SourceLine(
                start: start,
                text: index,
                end: end,
                next: min(end + (isCRLF ? 2 : 1), source.count),
                quotes: quotes,
                column: column,
                isIndented: column >= (items.last ?? 0) + 4,
                startsItem: startsItem,
                isVerbatim: isVerbatim,
                isHTML: isHTML
            )
        }
        let wanted = verbatim?.quotes ?? .max
        while true {
            while index < end, source[index] == 0x20 || source[index] == 0x09 {
                column = source[index] == 0x09 ? (column | 3) + 1 : column + 1
                index += 1
            }
            if quotes == wanted { break }
            if index < end, source[index] == UInt8(ascii: ">"), column < (items.last ?? 0) + 4 {
                quotes += 1
                index += 1
                column = 0
                if index < end, source[index] == 0x20 { index += 1 }
                if quotes > self.quotes { items.removeAll() }
            } else if verbatim == nil, let width = itemMark(index, end), column < (items.last ?? 0) + 4 {
                while let last = items.last, last > column { items.removeLast() }
                index += width
                column += width
                items.append(column + 1)
                startsItem = true
            } else {
                break
            }
        }
        if let open = verbatim {
            guard quotes == open.quotes, index == end || column >= open.column else {
                // The block ended with the quote or list item around it, and this is an ordinary line.
                verbatim = nil
                return self.line(at: start)
            }
            if open.ends(with: source[index..<end]) { verbatim = nil }
            if open.endsWithBlankLine { return line(isHTML: index < end) }
            return line(isVerbatim: true)
        }
        if index == end {
            isAfterText = false
            return line()
        }
        if quotes != self.quotes {
            isAfterText = false
            if quotes < self.quotes { items.removeAll() }
            self.quotes = quotes
        }
        if !startsItem, !isAfterText {
            while let last = items.last, last > column { items.removeLast() }
            if column >= (items.last ?? 0) + 4 { return line(isVerbatim: true) }
        }
        if startsItem { isAfterText = false }
        let opened = open(source[index..<end])
        isAfterText = opened == nil
        guard let opened else { return line() }
        return opened.endsWithBlankLine ? line(isHTML: true) : line(isVerbatim: true)
    }

    /// The width of the mark of a list item at `index`, or nil.
    private func itemMark(_ index: Int, _ end: Int) -> Int? {
        let digits = source[index..<end].prefix(10).prefix(while: \.isDigit).count
        guard digits < 10, index + digits < end else { return nil }
        let marks = digits > 0 ? ".)".utf8 : "-+*".utf8
        guard marks.contains(source[index + digits]) else { return nil }
        let behind = index + digits + 1
        return behind == end || source[behind] == 0x20 || source[behind] == 0x09 ? digits + 1 : nil
    }

    /// What `text` begins, if that is code or HTML; it may end in the same line.
    private mutating func open(_ text: ArraySlice<UInt8>) -> Verbatim? {
        let html = HTMLBlock.end(ofBlockOpenedBy: text, isAfterText: isAfterText).map(Verbatim.End.html)
        guard let end = CodeFence(opening: text).map(Verbatim.End.fence) ?? html else { return nil }
        let opened = Verbatim(end: end, quotes: quotes, column: items.last ?? 0)
        if case .html = end, opened.ends(with: text) { return opened }
        verbatim = opened
        return opened
    }
}

/// The stretches of a source within which code spans and formulas may stand: paragraphs, headings, rows of tables.
enum Paragraphs {
    static func ranges(in source: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var previous: SourceLine?
        for line in SourceLines(source).lines {
            defer { previous = line }
            guard !line.isBlank, !line.isVerbatim else { continue }
            if let before = previous, !before.isBlank, !before.isVerbatim, !line.startsItem,
                before.quotes == line.quotes, let last = ranges.last
            {
                ranges[ranges.count - 1] = last.lowerBound..<line.end
            } else {
                ranges.append(line.text..<line.end)
            }
        }
        return ranges
    }
}
