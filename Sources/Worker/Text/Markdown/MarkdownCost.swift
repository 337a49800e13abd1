import Base

/// How long md4c 0.4.8 would need for a source, in steps that are counted beforehand.
///
/// For nearly all texts its time is proportional to their length. In the cases below it grows with the square of the
/// length, which makes many seconds for GitHub's 262,144 characters. Because steps are counted and time is not
/// measured, the same body always has the same outcome.
/// - For each `]` it walks through the lines of the paragraph, from its first to that one, and again for a `(` behind it.
/// - What stands between two brackets it reads as a label, if the source defines links, and copies, if that is several
///   lines: where brackets nest, again and again.
/// - For each `~` that may end a span it walks back over all marks since the first that may begin one.
/// - For each blank line it walks through the lists that are open.
///
/// Where it is unclear what md4c will do, the larger number counts.
struct MarkdownCost {
    /// In steps that take md4c about a nanosecond at most.
    private static let limit = 60_000_000
    /// No shorter source can reach it: every byte costs at most eighteen times the length of the source.
    private static let shortest = 1_800

    static func isTooHigh(_ source: [UInt8]) -> Bool {
        guard source.count >= shortest else { return false }
        var cost = MarkdownCost(source)
        var start = 0
        while start < source.count, cost.steps <= limit {
            let end = source[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? source.count
            cost.read(source[start..<end])
            start = end + (source[end...].starts(with: "\r\n".utf8) ? 2 : 1)
        }
        return cost.steps > limit
    }

    /// A place in the paragraph, where a label may begin or end.
    private struct Place {
        let index: Int
        /// The number of its line, and what reading the source up to here as a label would cost.
        let line: Int
        let weight: Int
    }

    private let source: [UInt8]
    private var steps = 0

    /// Whether the source may define links: only then md4c reads labels.
    private let hasDefinitions: Bool
    /// What reading the source as a label would cost, up to an index.
    private var weight = 0
    private var weighed = 0

    /// Of the paragraph.
    private var start = Place(index: 0, line: 0, weight: 0)
    private var lines = 0
    /// Brackets that are open, and are not if what closes them is not.
    private var openers: [Place] = []
    /// Whether it is clear which brackets of the paragraph are text: there was no tag, and each code span ended in its
    /// line.
    private var isClear = true
    /// Characters that may be marks, each counted as often as md4c records it.
    private var marks = 0

    /// How many lists and quotes may be open.
    private var depth = 0
    private var isAfterText = false

    /// The open code fence, which counts only at the very start of a line, where it is certain to be one.
    private var fence: CodeFence?
    /// No code block begins inside HTML, which ends at a blank line or with a comment, or nobody knows where.
    private enum HTML { case none, block, comment, unknown }
    private var html = HTML.none

    private init(_ source: [UInt8]) {
        self.source = source
        var rest = source[...]
        while let bracket = rest.firstIndex(of: UInt8(ascii: "]")), !rest[bracket...].starts(with: "]:".utf8) {
            rest = rest[(bracket + 1)...]
        }
        hasDefinitions = rest.contains(UInt8(ascii: "]"))
    }

    private mutating func read(_ line: ArraySlice<UInt8>) {
        if let fence {
            let content = line.drop { $0 == 0x20 }
            if content.startIndex < line.startIndex + 4, fence.isClosed(by: content) { self.fence = nil }
            return
        }
        let text = line.drop(while: SourceLine.isInPrefix)
        guard !text.isEmpty || line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != UInt8(ascii: ">") }) else {
            return readBlank(line)
        }
        let lineDepth = line[..<text.startIndex].reduce(0) { $0 + ($1 == 0x09 ? 2 : 1) }
        depth = isAfterText ? max(depth, lineDepth) : lineDepth
        isAfterText = true
        if Self.startsBlock(line) { startParagraph(at: line.startIndex) }
        if html == .none, let opened = CodeFence(opening: line) {
            fence = opened
            depth = 0
            return
        }
        readHTML(text, in: line)
        readMarks(line)
        lines += 1
    }

    private mutating func readBlank(_ line: ArraySlice<UInt8>) {
        steps += depth
        isAfterText = false
        // An indented `>` may be text instead of the mark of a quote.
        let isEmpty = !line.contains(UInt8(ascii: ">"))
        if isEmpty || line.first == UInt8(ascii: ">") { startParagraph(at: line.endIndex) }
        if isEmpty, html == .block { html = .none }
    }

    private mutating func startParagraph(at index: Int) {
        start = place(index)
        lines = 0
        marks = 0
        openers.removeAll(keepingCapacity: true)
        isClear = true
    }

    private static let isMark: [Bool] = {
        var isMark = [Bool](repeating: false, count: 256)
        for byte in "\\*_`&;<>[]!~|".utf8 { isMark[Int(byte)] = true }
        return isMark
    }()

    private mutating func readMarks(_ line: ArraySlice<UInt8>) {
        let isMark = Self.isMark
        var code: ArraySlice<Range<Int>>?
        var index = line.startIndex
        while index < line.endIndex {
            guard isMark[Int(source[index])] else {
                index += 1
                continue
            }
            marks += 1
            switch source[index] {
            case UInt8(ascii: "["):
                openers.append(place(index))
                marks += 2
            case UInt8(ascii: "]"): readBracket(at: index, isBeforeSpec: Self.isParenthesis(line, at: index + 1))
            case UInt8(ascii: "~") where index > line.startIndex && !source[index - 1].isSpace: steps += 3 * marks
            case UInt8(ascii: "`") where isClear:
                if code == nil { code = CodeSpans.ranges(in: source, index..<line.endIndex)[...] }
                if code?.first?.lowerBound == index, let span = code?.popFirst() {
                    marks += 1
                    index = span.upperBound
                    continue
                }
                forgetOpeners()
            case UInt8(ascii: "`"), UInt8(ascii: "<"): forgetOpeners()
            case UInt8(ascii: ">") where !isClear: forgetOpeners()
            case UInt8(ascii: "\\"):
                let next = index + 1 < line.endIndex ? source[index + 1] : 0
                if !isClear || next == UInt8(ascii: "`") { forgetOpeners() }
                // The bracket behind a backslash may or may not count.
                if !isClear, next == UInt8(ascii: "]") { readBracket(at: index + 1, isBeforeSpec: true) }
                index += next == UInt8(ascii: "`") ? 0 : 1
            default: break
            }
            index += 1
        }
    }

    private static func isParenthesis(_ line: ArraySlice<UInt8>, at index: Int) -> Bool {
        index < line.endIndex && line[index] == UInt8(ascii: "(")
    }

    private mutating func forgetOpeners() {
        openers.removeAll(keepingCapacity: true)
        isClear = false
    }

    private mutating func readBracket(at index: Int, isBeforeSpec: Bool) {
        if let opener = openers.popLast() {
            readLabel(from: opener, to: place(index))
        } else if !isClear {
            readLabel(from: start, to: place(index))
        }
        // It walks through several lines in one step.
        steps += isBeforeSpec ? lines : lines / 2
    }

    private mutating func readLabel(from opener: Place, to end: Place) {
        if hasDefinitions {
            steps += end.weight - opener.weight
        } else if opener.line < end.line {
            steps += end.index - opener.index
        }
    }

    private mutating func place(_ index: Int) -> Place {
        while hasDefinitions, weighed < index {
            // Other letters cost more: they are looked up in tables, to compare them whatever their case.
            weight += source[weighed] < 0x80 ? 4 : 16
            weighed += 1
        }
        return Place(index: index, line: lines, weight: weight)
    }

    private mutating func readHTML(_ text: ArraySlice<UInt8>, in line: ArraySlice<UInt8>) {
        if html == .comment {
            if Self.endsComment(line) { html = .none }
        } else if html != .unknown, text.first == UInt8(ascii: "<"), let next = text.dropFirst().first {
            if text.starts(with: "<!--".utf8) {
                if html == .none, !Self.endsComment(text) { html = .comment }
            } else if next == UInt8(ascii: "!") || next == UInt8(ascii: "?") || Self.opensRawText(text) {
                html = .unknown
            } else if next.isLetter || next == UInt8(ascii: "/") {
                html = .block
            }
        }
    }

    private static func endsComment(_ text: ArraySlice<UInt8>) -> Bool {
        text.indices.dropLast(2).contains { text[$0...].starts(with: "-->".utf8) }
    }

    private static func opensRawText(_ text: ArraySlice<UInt8>) -> Bool {
        HTMLBlock.isRawText(text.dropFirst().prefix(9).prefix(while: \.isLetter))
    }

    /// Whether a line is for certain no part of the paragraph before it: a heading or the item of a list.
    private static func startsBlock(_ line: ArraySlice<UInt8>) -> Bool {
        let first = line[line.startIndex]
        if first == UInt8(ascii: "#") {
            let behind = line.drop { $0 == UInt8(ascii: "#") }
            return behind.startIndex - line.startIndex <= 6 && behind.first == 0x20
        }
        guard "-+*".utf8.contains(first), line.dropFirst().first == 0x20 else { return false }
        return line.dropFirst(2).contains { $0 != 0x20 && $0 != 0x09 }
    }
}
