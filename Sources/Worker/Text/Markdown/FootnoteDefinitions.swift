import Base

/// The definitions of footnotes in a source, and the source without them.
struct FootnoteDefinitions {
    /// The Markdown of the notes by label.
    private(set) var notes: [[UInt8]: [UInt8]] = [:]
    /// An empty line stands for each line taken out.
    private(set) var rest: [UInt8] = []

    private let source: [UInt8]
    private let lines: [SourceLine]

    init(_ source: [UInt8]) {
        self.source = source
        lines = SourceLines(source).lines
        rest.reserveCapacity(source.count)
        var number = 0
        while number < lines.count {
            let line = lines[number]
            if let label = label(definedBy: line) {
                rest.append(contentsOf: source[line.start..<line.text])
                rest.append(0x0A)
                let end = take(number, label)
                for line in lines[(number + 1)..<end] {
                    rest.append(contentsOf: repeatElement(UInt8(ascii: ">"), count: line.quotes))
                    rest.append(0x0A)
                }
                number = end
            } else {
                rest.append(contentsOf: source[line.start..<line.next])
                number += 1
            }
        }
    }

    private func label(definedBy line: SourceLine) -> FootnoteLabel? {
        guard !line.isVerbatim, !line.isHTML, !line.isBlank, !line.isIndented,
            let label = FootnoteLabel(in: source, at: line.text),
            label.end < line.end, source[label.end] == UInt8(ascii: ":")
        else { return nil }
        return label
    }

    /// Takes the note that begins in line `first`; returns the number of the first line behind it.
    private mutating func take(_ first: Int, _ label: FootnoteLabel) -> Int {
        let start = lines[first]
        var note = Array(source[(label.end + 1)..<start.end].drop(while: \.isSpace))
        var end = first + 1
        var number = end
        while number < lines.count {
            let line = lines[number]
            if let text = continuation(of: start, by: line) {
                // Blank lines belong to the note only if more of it follows.
                note += repeatElement(0x0A, count: number - end + 1) + source[text..<line.end]
            } else if number == end, isLazy(line, after: start) {
                note += [0x0A] + source[line.text..<line.end]
            } else if line.isBlank {
                number += 1
                continue
            } else {
                break
            }
            number += 1
            end = number
        }
        if notes[label.name] == nil { notes[label.name] = note }
        return end
    }

    /// Where the text of a line begins, its indentation taken off, that is indented enough to go on with the note.
    private func continuation(of start: SourceLine, by line: SourceLine) -> Int? {
        guard !line.isBlank else { return nil }
        let wanted = start.column + 4
        var (index, column, quotes) = (line.start, 0, 0)
        while index < line.end {
            if quotes == start.quotes, column >= wanted { return index }
            switch source[index] {
            case 0x20: column += 1
            case 0x09: column = (column | 3) + 1
            case UInt8(ascii: ">") where quotes < start.quotes:
                quotes += 1
                column = 0
                if index + 1 < line.end, source[index + 1] == 0x20 { index += 1 }
            default: return nil
            }
            index += 1
        }
        return nil
    }

    /// Whether a line that is not indented continues the paragraph before it.
    private func isLazy(_ line: SourceLine, after start: SourceLine) -> Bool {
        guard !line.isBlank, !line.isVerbatim, !line.isHTML, !line.startsItem, line.quotes == start.quotes,
            label(definedBy: line) == nil
        else { return false }
        let text = source[line.text..<line.end]
        return !Self.isHeading(text) && text.first != UInt8(ascii: "|")
            && !text.allSatisfy { "-_*= ".utf8.contains($0) }
    }

    private static func isHeading(_ text: ArraySlice<UInt8>) -> Bool {
        let rest = text.drop { $0 == UInt8(ascii: "#") }
        return (1...6).contains(rest.startIndex - text.startIndex) && rest.first?.isSpace ?? true
    }
}
