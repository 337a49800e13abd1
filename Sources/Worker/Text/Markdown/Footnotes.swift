import Base

/// GitHub's footnotes, which md4c does not know: `[^1]` in the text, `[^1]: …` where the note is written.
///
/// The notes move to the end as a numbered list, in the order of the first references to them. A note without a
/// reference is not shown, as on GitHub.
struct Footnotes {
    /// The source with its notes at the end, and each reference shielded.
    private(set) var source: [UInt8]
    /// The number of each note by its label, in lower case.
    private(set) var numbers: [[UInt8]: Int] = [:]

    init(_ source: [UInt8]) {
        self.source = source
        guard Self.hasDefinition(source) else { return }
        let extracted = FootnoteDefinitions(source)
        guard !extracted.notes.isEmpty else { return }
        var text = markReferences(in: extracted.rest, to: extracted.notes)
        if let end = SourceLines(extracted.rest).openEnd { text += [0x0A] + end }
        if !numbers.isEmpty { text += Array("\n\n---\n\n".utf8) }
        // A note may refer to further notes, which are then appended.
        var written = 0
        while written < order.count {
            written += 1
            let number = Array("\(written). ".utf8)
            let note = markReferences(in: extracted.notes[order[written - 1]] ?? [], to: extracted.notes)
            let indent = [UInt8](repeating: 0x20, count: number.count)
            for (index, line) in note.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
                text += (index == 0 ? number : indent) + line + [0x0A]
            }
        }
        self.source = text
    }

    /// The labels by number.
    private var order: [[UInt8]] = []

    private static func hasDefinition(_ source: [UInt8]) -> Bool {
        var hasStart = false
        for index in source.indices.dropLast() {
            if source[index] == UInt8(ascii: "["), source[index + 1] == UInt8(ascii: "^") { hasStart = true }
            if hasStart, source[index] == UInt8(ascii: "]"), source[index + 1] == UInt8(ascii: ":") { return true }
        }
        return false
    }

    // MARK: References

    /// Numbers the references in `text` outside code and shields them.
    private mutating func markReferences(in text: [UInt8], to notes: [[UInt8]: [UInt8]]) -> [UInt8] {
        var marked: [UInt8] = []
        marked.reserveCapacity(text.count + 64)
        var copied = 0
        for range in Paragraphs.ranges(in: text) {
            var code = CodeSpans.ranges(in: text, range)[...]
            var index = range.lowerBound
            while index < range.upperBound {
                if let span = code.first, span.lowerBound <= index {
                    index = max(index, span.upperBound)
                    code.removeFirst()
                } else if text[index] == UInt8(ascii: "\\") {
                    index += 2
                } else if let label = FootnoteLabel(in: text, at: index), notes[label.name] != nil {
                    if numbers[label.name] == nil {
                        order.append(label.name)
                        numbers[label.name] = order.count
                    }
                    marked.append(contentsOf: text[copied..<index])
                    marked.append(contentsOf: Shield.footnoteStart)
                    Shield.appendPunctuation(of: text[(index + 2)..<(label.end - 1)], to: &marked)
                    marked.append(contentsOf: Shield.footnoteEnd)
                    copied = label.end
                    index = label.end
                } else {
                    index += 1
                }
            }
        }
        marked.append(contentsOf: text[copied...])
        return marked
    }
}

/// The label of a footnote in brackets: `[^1]`.
struct FootnoteLabel {
    private static let longest = 100

    /// In lower case.
    let name: [UInt8]
    /// Where the text goes on.
    let end: Int

    /// The one that begins at `start`.
    init?(in text: [UInt8], at start: Int) {
        guard text[start...].starts(with: "[^".utf8) else { return nil }
        let label = text[(start + 2)...].prefix(Self.longest + 1).prefix { !$0.isSpace && !"[]".utf8.contains($0) }
        guard (1...Self.longest).contains(label.count), label.endIndex < text.count,
            text[label.endIndex] == UInt8(ascii: "]")
        else { return nil }
        self.init(label, end: label.endIndex + 1)
    }

    /// The one of the shielded reference that begins at `start`.
    init?(in text: [UInt8], shieldedAt start: Int) {
        guard text[start...].starts(with: Shield.footnoteStart) else { return nil }
        let begin = start + Shield.footnoteStart.count
        // Each character of it may be shielded.
        let label = text[begin...].prefix(2 * Self.longest + 1).prefix { $0 != Shield.footnoteEnd[1] }.dropLast()
        guard text[label.endIndex...].starts(with: Shield.footnoteEnd) else { return nil }
        self.init(label, end: label.endIndex + Shield.footnoteEnd.count)
    }

    private init(_ label: ArraySlice<UInt8>, end: Int) {
        name = Array(String(decoding: Shield.restored(label), as: UTF8.self).lowercased().utf8)
        self.end = end
    }
}
