import Base

/// Marks as delimiters or, where Markdown would not read these, as tags.
extension InlineWriter {
    private enum Neighbour { case space, punctuation, word, other }

    /// Whether Markdown's delimiters make the mark of this span, by CommonMark's rules of what may flank them.
    ///
    /// Where not, as inside a word, its tag is written.
    func canDelimit(_ span: InlineTokens.Span) -> Bool {
        guard let mark = span.mark, !mark.delimiter.isEmpty else { return false }
        let isInWord = mark != .emphasis
        return Self.canFlank(last(span.opening - 1), first(span.opening + 1), isInWord: isInWord)
            && Self.canFlank(first(span.closing + 1), last(span.closing - 1), isInWord: isInWord)
    }

    private static func canFlank(_ outside: Neighbour, _ inside: Neighbour, isInWord: Bool) -> Bool {
        switch inside {
        case .space: false
        case .word where isInWord: true
        default: outside == .space || outside == .punctuation
        }
    }

    /// What the text of a token begins with.
    private func first(_ index: Int) -> Neighbour {
        guard content.tokens.indices.contains(index) else { return .space }
        switch content.tokens[index] {
        case .text(let text):
            return Self.neighbour(String(decoding: text.prefix(8), as: UTF8.self).unicodeScalars.first)
        case .lineBreak: return place == .paragraph ? .space : .punctuation
        default: return .punctuation
        }
    }

    /// What the text of a token ends with.
    private func last(_ index: Int) -> Neighbour {
        guard content.tokens.indices.contains(index) else { return .space }
        switch content.tokens[index] {
        case .text(let text):
            let end = text.lastIndex { $0 & 0xC0 != 0x80 } ?? 0
            return Self.neighbour(String(decoding: text[end...], as: UTF8.self).unicodeScalars.last)
        case .lineBreak: return place == .paragraph ? .space : .punctuation
        default: return .punctuation
        }
    }

    private static func neighbour(_ scalar: Unicode.Scalar?) -> Neighbour {
        guard let scalar else { return .space }
        if scalar == "\u{A0}" { return .punctuation }  // written as a reference
        if scalar.isASCII { return scalar == " " ? .space : UInt8(scalar.value).isAlphanumeric ? .word : .punctuation }
        if scalar.properties.isWhitespace { return .space }
        return scalar.properties.isAlphabetic ? .word : .other
    }
}

extension MarkSet {
    /// Empty where Markdown has none.
    var delimiter: String {
        switch self {
        case .strong: "**"
        case .emphasis: "_"
        case .strike: "~~"
        default: ""
        }
    }

    var tag: String {
        switch self {
        case .strong: "strong"
        case .emphasis: "em"
        case .strike: "del"
        case .underline: "ins"
        case .subscripted: "sub"
        default: "sup"
        }
    }
}
