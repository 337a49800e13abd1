/// What md4c 0.4.8 would need for a source, in steps that can be counted beforehand.
///
/// It takes time in proportion to the length of nearly all texts, and to its square in these cases, which make many seconds
/// of GitHub's 262,144 characters. Counting instead of measuring, the same body always has the same outcome.
/// - For each `]` it walks through the lines of the paragraph, from its first to that one, and again for a `(` behind it.
/// - What stands between two brackets it reads as a label: where brackets nest, again and again.
/// - For each `~` that may end a span it walks back over all marks since the first that may begin one.
/// - For each blank line it walks through the lists that are open.
///
/// Where it is unclear what md4c will see, the larger figure counts.
struct MarkdownCost {
    /// In steps of about a nanosecond.
    private static let limit = 60_000_000
    /// No shorter source can reach it: every byte costs at most nine times the length of the source.
    private static let shortest = 2_500

    static func isTooHigh(_ source: [UInt8]) -> Bool {
        guard source.count >= shortest else { return false }
        var cost = MarkdownCost(source)
        var start = 0
        while start < source.count, cost.steps <= limit {
            let end = source[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? source.count
            cost.read(source[start..<end])
            start = end + 1
        }
        return cost.steps > limit
    }

    private let source: [UInt8]
    private var steps = 0

    /// Of the paragraph.
    private var paragraphStart = 0
    private var lines = 0
    /// Brackets that are open and closed surely together: code, tags and escapes end before the first or behind the last.
    private var openers: [Int] = []
    /// Characters that may be marks, each as often as md4c notes it.
    private var marks = 0

    /// How many lists and quotes may be open.
    private var depth = 0
    private var isAfterText = false

    /// The run that opened a code block at the very start of a line, where it is one for certain.
    private var fence: ArraySlice<UInt8>?
    /// HTML, in which nothing opens a code block, may last to the next blank line, to the end of a comment, or for good.
    private enum HTML { case none, block, comment, unknown }
    private var html = HTML.none

    private init(_ source: [UInt8]) {
        self.source = source
    }

    private mutating func read(_ line: ArraySlice<UInt8>) {
        if let fence {
            let run = line.drop { $0 == 0x20 }.prefix { $0 == fence.first }
            let isLast = run.count >= fence.count && run.startIndex < line.startIndex + 4
            if isLast, line[run.endIndex...].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { self.fence = nil }
            return
        }
        let text = line.drop(while: Self.isInPrefix)
        guard !text.isEmpty || line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != UInt8(ascii: ">") }) else {
            return readBlank(line)
        }
        let lineDepth = line[..<text.startIndex].reduce(0) { $0 + ($1 == 0x09 ? 2 : 1) }
        depth = isAfterText ? max(depth, lineDepth) : lineDepth
        isAfterText = true
        if Self.startsBlock(line) { startParagraph(at: line.startIndex) }
        if html == .none, let run = Self.fence(opening: line) {
            fence = run
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
        // The mark of a quote that is indented may be text.
        let isEmpty = !line.contains(UInt8(ascii: ">"))
        if isEmpty || line.first == UInt8(ascii: ">") { startParagraph(at: line.endIndex) }
        if isEmpty, html == .block { html = .none }
    }

    private mutating func startParagraph(at start: Int) {
        paragraphStart = start
        lines = 0
        marks = 0
        openers.removeAll(keepingCapacity: true)
    }

    private static let isMark: [Bool] = {
        var isMark = [Bool](repeating: false, count: 256)
        for byte in "\\*_`&;<>[]!~|".utf8 { isMark[Int(byte)] = true }
        return isMark
    }()

    private mutating func readMarks(_ line: ArraySlice<UInt8>) {
        let isMark = Self.isMark
        var index = line.startIndex
        while index < line.endIndex {
            guard isMark[Int(source[index])] else {
                index += 1
                continue
            }
            marks += 1
            switch source[index] {
            case UInt8(ascii: "["):
                openers.append(index)
                marks += 2
            case UInt8(ascii: "~") where index > line.startIndex && !source[index - 1].isSpace: steps += 3 * marks
            case UInt8(ascii: "]"):
                steps += index - (openers.popLast() ?? paragraphStart)
                let isBeforeSpec = index + 1 < line.endIndex && source[index + 1] == UInt8(ascii: "(")
                steps += isBeforeSpec ? 2 * lines : lines
            case UInt8(ascii: "`"), UInt8(ascii: "<"), UInt8(ascii: ">"): openers.removeAll(keepingCapacity: true)
            case UInt8(ascii: "\\"):
                openers.removeAll(keepingCapacity: true)
                // The bracket behind it may or may not count.
                if index + 1 < line.endIndex, source[index + 1] == UInt8(ascii: "]") {
                    steps += index - paragraphStart + 2 * lines
                }
                index += 1
            default: break
            }
            index += 1
        }
    }

    private mutating func readHTML(_ text: ArraySlice<UInt8>, in line: ArraySlice<UInt8>) {
        if html == .comment {
            if Self.endsComment(line) { html = .none }
        } else if html != .unknown, text.first == UInt8(ascii: "<"), let next = text.dropFirst().first {
            if text.starts(with: "<!--".utf8) {
                if html == .none, !Self.endsComment(text) { html = .comment }
            } else if next == UInt8(ascii: "!") || next == UInt8(ascii: "?") || Self.isRawText(text.dropFirst()) {
                html = .unknown
            } else if next.isLetter || next == UInt8(ascii: "/") {
                html = .block
            }
        }
    }

    private static func endsComment(_ text: ArraySlice<UInt8>) -> Bool {
        text.indices.dropLast(2).contains { text[$0...].starts(with: "-->".utf8) }
    }

    private static func isRawText(_ text: ArraySlice<UInt8>) -> Bool {
        let name = text.prefix(9).prefix(while: \.isLetter)
        return name.spells("pre") || name.spells("script") || name.spells("style") || name.spells("textarea")
    }

    /// Whether a byte can belong to the indentation of a line and its marks of quotes and list items.
    private static func isInPrefix(_ byte: UInt8) -> Bool { byte.isDigit || " \t>-+*.)".utf8.contains(byte) }

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

    private static func fence(opening line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let mark = line.first, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else { return nil }
        let run = line.prefix { $0 == mark }
        guard run.count >= 3, mark == UInt8(ascii: "~") || !line[run.endIndex...].contains(mark) else { return nil }
        return run
    }
}
