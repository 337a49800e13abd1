import Base

/// Finds the places in a Markdown source at which it may be divided, so that each part is read as before.
///
/// The rules are simple and may be wrong in odd nestings: whoever uses them checks what the parts become.
enum SourceBoundaries {
    /// Where the parts begin, the first at 0.
    static func starts(in source: [UInt8]) -> [Int] {
        let lines = SourceLines(source).lines
        var starts = [0]
        /// What the part that is being read begins with.
        var part = Part.text
        var isFirst = true
        for (number, line) in lines.enumerated() where !isBlank(line) {
            let previous = number > 0 ? lines[number - 1] : nil
            let begins = isFirst || begins(line, behind: previous, in: part, source)
            if begins {
                if !isFirst { starts.append(line.start) }
                part = Part(line, source)
            }
            isFirst = false
        }
        return starts
    }

    private enum Part {
        case text
        case list(mark: UInt8)
        case footnote

        init(_ line: SourceLine, _ source: [UInt8]) {
            let text = source[line.start..<line.end].drop(while: \.isSpace)
            if line.startsItem, line.quotes == 0 {
                self = .list(mark: text.first { !$0.isDigit } ?? 0)
            } else if text.starts(with: "[^".utf8) {
                self = .footnote
            } else {
                self = .text
            }
        }
    }

    private static func isBlank(_ line: SourceLine) -> Bool { line.isBlank && !line.isVerbatim && line.quotes == 0 }

    private static func begins(
        _ line: SourceLine,
        behind previous: SourceLine?,
        in part: Part,
        _ source: [UInt8]
    ) -> Bool {
        guard let previous else { return true }
        let text = source[line.start..<line.end].drop(while: \.isSpace)
        let indent = text.startIndex - line.start
        if line.isVerbatim, previous.isVerbatim { return false }
        if isBlank(previous) {
            switch part {
            case .text: return true
            case .footnote: return indent == 0
            case .list(let mark):
                guard indent < 2, !line.isVerbatim || indent == 0 else { return false }
                if case .list(mark) = Part(line, source) { return false }
                return true
            }
        }
        guard indent < 4, line.quotes == 0 || previous.quotes == 0 else { return false }
        if isHeading(text) || isHeading(source[previous.start..<previous.end]), !line.isVerbatim { return indent == 0 }
        if case .list = part { return false }
        if line.quotes > 0 || CodeFence(opening: text) != nil { return indent == 0 }
        if previous.isVerbatim, CodeFence(opening: source[previous.start..<previous.end]) != nil { return true }
        if line.startsItem, case .list = Part(line, source) { return indent == 0 && !isRule(text) }
        return false
    }

    private static func isHeading(_ text: ArraySlice<UInt8>) -> Bool {
        let rest = text.drop { $0 == UInt8(ascii: "#") }
        return (1...6).contains(rest.startIndex - text.startIndex) && rest.first?.isSpace ?? true
    }

    private static func isRule(_ text: ArraySlice<UInt8>) -> Bool { text.allSatisfy { "-_* ".utf8.contains($0) } }
}
