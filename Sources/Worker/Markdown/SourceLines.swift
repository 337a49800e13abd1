/// Reads the lines of a Markdown source one after the other, in linear time.
///
/// Good enough to find what md4c does not know (footnotes, formulas); where code begins and ends it may miss in odd
/// nestings of lists.
struct SourceLines {
    /// Lines that are taken as they are until their end comes or what they stand in ends.
    private struct Verbatim {
        enum End {
            case fence(mark: UInt8, count: Int)
            case tag([UInt8])
        }

        let end: End
        let quotes: Int
        let column: Int
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

    /// The fence that ends the code which is still open at the end; in a list or quote, code ends with that.
    var openFence: [UInt8]? {
        guard let verbatim, verbatim.quotes == 0, verbatim.column == 0, case .fence(let mark, let count) = verbatim.end
        else { return nil }
        return [UInt8](repeating: mark, count: count)
    }

    private mutating func line(at start: Int) -> SourceLine {
        let end = source[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? source.count
        let isCRLF = end + 1 < source.count && source[end] == 0x0D && source[end + 1] == 0x0A
        var index = start
        var (column, quotes, startsItem) = (0, 0, false)
        func line(isVerbatim: Bool) -> SourceLine {
            SourceLine(
                start: start,
                text: index,
                end: end,
                next: min(end + (isCRLF ? 2 : 1), source.count),
                quotes: quotes,
                column: column,
                startsItem: startsItem,
                isVerbatim: isVerbatim
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
            if quotes == open.quotes, index == end || column >= open.column {
                if ends(open, source[index..<end]) { verbatim = nil }
                return line(isVerbatim: true)
            }
            verbatim = nil  // with the quote or list item around it
        }
        if index == end {
            isAfterText = false
            return line(isVerbatim: false)
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
        isAfterText = !open(source[index..<end])
        return line(isVerbatim: !isAfterText)
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

    /// Whether `text` begins something verbatim, which may end with it.
    private mutating func open(_ text: ArraySlice<UInt8>) -> Bool {
        guard let end = Self.verbatimEnd(of: text) else { return false }
        let opened = Verbatim(end: end, quotes: quotes, column: items.last ?? 0)
        if case .tag = end, ends(opened, text) { return true }
        verbatim = opened
        return true
    }

    private static func verbatimEnd(of text: ArraySlice<UInt8>) -> Verbatim.End? {
        switch text.first {
        case UInt8(ascii: "`"), UInt8(ascii: "~"):
            let mark = text[text.startIndex]
            let count = text.prefix { $0 == mark }.count
            let info = text.dropFirst(count)
            guard count >= 3, mark == UInt8(ascii: "~") || !info.contains(mark) else { return nil }
            return .fence(mark: mark, count: count)
        case UInt8(ascii: "<"):
            if text.starts(with: "<!--".utf8) { return .tag(Array("-->".utf8)) }
            let name = text.dropFirst().prefix(9).prefix(while: \.isLetter)
            guard name.spells("pre") || name.spells("script") || name.spells("style") || name.spells("textarea") else {
                return nil
            }
            return .tag(Array("</".utf8) + name.map(\.lowercased) + [UInt8(ascii: ">")])
        default: return nil
        }
    }

    private func ends(_ open: Verbatim, _ text: ArraySlice<UInt8>) -> Bool {
        switch open.end {
        case .fence(let mark, let count):
            let run = text.prefix { $0 == mark }.count
            return run >= count && text.dropFirst(run).allSatisfy(\.isSpace)
        case .tag(let end):
            return text.indices.contains { start in
                text[start] == end[0] && text[start...].prefix(end.count).elementsEqual(end) { $0.lowercased == $1 }
            }
        }
    }
}
