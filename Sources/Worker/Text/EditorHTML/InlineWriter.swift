import Base

/// Writes the text of a paragraph, heading or cell as Markdown.
struct InlineWriter {
    enum Place { case paragraph, heading, cell }

    let content: InlineTokens
    let place: Place
    let target: MarkdownTarget?
    private var escape = TextEscape()
    private var output: [UInt8] = []
    /// How the marks are written, by span.
    private var usesDelimiters: [Bool] = []
    /// How many links are open.
    private var links = 0

    /// The Markdown of `runs`, in which lines end only as `place` allows.
    static func markdown(
        _ runs: [EditorRun],
        in place: Place,
        isInList: Bool,
        for target: MarkdownTarget?
    ) -> [UInt8] {
        var writer = InlineWriter(runs, place, isInList: isInList, target)
        writer.write()
        guard writer.holdsFormula else { return writer.output }
        writer.escape.escapesDollars = true
        writer.escape.escapesTicks = true
        writer.output.removeAll()
        writer.write()
        return writer.output
    }

    private init(_ runs: [EditorRun], _ place: Place, isInList: Bool, _ target: MarkdownTarget?) {
        content = InlineTokens(runs)
        self.place = place
        self.target = target
        escape.isInCell = place == .cell
        // A formula may begin in one cell, or between two dollars in one item, and end in another.
        escape.escapesDollars = place == .cell || isInList && Self.holdsDollars(runs)
        escape.escapesTicks = place == .cell
        escape.escapesBrackets = target?.definesLinks ?? false
        if place != .cell { escape.lonely = Self.lonely(runs) }
        usesDelimiters = content.spans.map { canDelimit($0) }
    }

    /// The characters that mark text in pairs, and of which there is only one.
    private static func lonely(_ runs: [EditorRun]) -> Set<UInt8> {
        var counts = [Int](repeating: 0, count: 256)
        let (star, underscore, tilde, tick) = (0x2A, 0x5F, 0x7E, 0x60)
        for run in runs {
            if case .text(let text) = run.content {
                for byte in text where byte.isPunctuation { counts[Int(byte)] += 1 }
            }
            if case .picture = run.content { for index in [star, underscore, tilde, tick] { counts[index] += 2 } }
            let address = run.style.link.map(PictureMarkdown.destination) ?? []
            for byte in address where byte.isPunctuation { counts[Int(byte)] += 2 }
            if run.style.marks.contains(.strong) { counts[star] += 2 }
            if run.style.marks.contains(.emphasis) { counts[underscore] += 2 }
            if run.style.marks.contains(.strike) { counts[tilde] += 2 }
            if run.style.marks.contains(.code) { counts[tick] += 2 }
        }
        return Set([star, underscore, tilde, tick].filter { counts[$0] == 1 }.map(UInt8.init))
    }

    private static func holdsDollars(_ runs: [EditorRun]) -> Bool {
        runs.contains { run in
            if case .text(let text) = run.content { text.firstRange(of: "$$".utf8) != nil } else { false }
        }
    }

    private var holdsFormula: Bool {
        let dollar = UInt8(ascii: "$")
        // One that begins a line is escaped already, and its partners must be, too.
        if output.starts(with: "\\$".utf8) { return true }
        guard let first = output.firstIndex(of: dollar), output[(first + 1)...].contains(dollar) else { return false }
        // What is code may be read differently there, so both readings count.
        let withoutCode = output.map { $0 == UInt8(ascii: "`") ? UInt8(ascii: "'") : $0 }
        return [output, withoutCode].contains { MathSpans.areIn($0) || MathBlocks.fenced($0) != $0 }
    }

    // MARK: Writing

    private mutating func write() {
        for index in content.tokens.indices {
            switch content.tokens[index] {
            case .text(let text): write(text, at: index)
            case .code(let code): writeCode(code)
            case .picture(let picture):
                output.append(contentsOf: PictureMarkdown.bytes(picture, isInCell: place == .cell))
            case .lineBreak: output.append(contentsOf: (place == .paragraph ? "\\\n" : "<br>").utf8)
            case .open(let span): open(span)
            case .close(let span): close(span)
            }
        }
        if place == .heading { escapeTrailingHashes() }
    }

    private var isAtLineStart: Bool { place == .paragraph && output.last ?? 0x0A == 0x0A }

    private mutating func write(_ text: [UInt8], at index: Int) {
        if links > 0, let natural = naturalLink(text, at: index) {
            // Nothing but the text: GitHub links it by itself.
            output.append(contentsOf: natural)
            return
        }
        if place == .cell, output.isEmpty, text.allSatisfy({ "-: ".utf8.contains($0) }) {
            output.append(UInt8(ascii: "\\"))  // a row of these alone would be taken for the line under a head
        }
        if text.first == UInt8(ascii: "^"), output.last == UInt8(ascii: "[") { output.append(UInt8(ascii: "\\")) }
        if let label = footnote(text, at: index) { return output.append(contentsOf: label) }
        var next: UInt8?
        if index + 1 < content.tokens.count {
            if case .open(let span) = content.tokens[index + 1], content.spans[span].mark == nil {
                next = UInt8(ascii: "[")
            }
            escape.isFollowed = true
            if case .lineBreak = content.tokens[index + 1], place == .paragraph { escape.isFollowed = false }
        } else {
            escape.isFollowed = false
        }
        escape.append(
            text,
            in: links > 0 ? .link : .text,
            atLineStart: isAtLineStart,
            next: next,
            to: &output
        )
    }

    private mutating func writeCode(_ code: [UInt8]) {
        var longest = 0
        var run = 0
        for byte in code {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = [UInt8](repeating: UInt8(ascii: "`"), count: Self.freeFence(code, longest))
        let isBlank = code.allSatisfy { $0 == 0x20 }
        let isPadded =
            !isBlank && (code.first == 0x20 && code.last == 0x20)
            || code.first == UInt8(ascii: "`") || code.last == UInt8(ascii: "`")
        output += fence
        if isPadded { output.append(0x20) }
        for byte in code {
            if byte == UInt8(ascii: "|"), place == .cell { output.append(UInt8(ascii: "\\")) }
            output.append(byte)
        }
        if isPadded { output.append(0x20) }
        output += fence
    }

    /// The shortest number of backticks that is no run inside.
    private static func freeFence(_ code: [UInt8], _ longest: Int) -> Int {
        guard longest > 0 else { return 1 }
        var runs: Set<Int> = []
        var run = 0
        for byte in code + [0] {
            if byte == UInt8(ascii: "`") {
                run += 1
            } else {
                runs.insert(run)
                run = 0
            }
        }
        return (1...(longest + 1)).first { !runs.contains($0) } ?? longest + 1
    }

    private mutating func open(_ number: Int) {
        let span = content.spans[number]
        guard let mark = span.mark else {
            links += 1
            if !isNatural(number) { output.append(UInt8(ascii: "[")) }
            return
        }
        if isFootnote(number) { return }
        output.append(contentsOf: (usesDelimiters[number] ? mark.delimiter : "<\(mark.tag)>").utf8)
    }

    private mutating func close(_ number: Int) {
        let span = content.spans[number]
        guard let mark = span.mark else {
            links -= 1
            guard !isNatural(number) else { return }
            output.append(contentsOf: "](".utf8)
            output.append(contentsOf: PictureMarkdown.destination(span.link))
            output.append(UInt8(ascii: ")"))
            return
        }
        if isFootnote(number) { return }
        output.append(contentsOf: (usesDelimiters[number] ? mark.delimiter : "</\(mark.tag)>").utf8)
    }

    /// Keeps `#` at the end of a heading from being taken for a part of its mark.
    private mutating func escapeTrailingHashes() {
        let text = output.lastIndex { $0 != UInt8(ascii: "#") }
        guard output.last == UInt8(ascii: "#"), text.map({ output[$0] == 0x20 }) ?? true else { return }
        output.insert(UInt8(ascii: "\\"), at: output.count - 1)
    }
}
