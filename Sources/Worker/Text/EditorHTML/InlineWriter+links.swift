import Base

/// Links and references to notes that GitHub makes of their text alone.
extension InlineWriter {
    /// The text of the link `number` as it may stand alone, if GitHub makes the same link of it there.
    func isNatural(_ number: Int) -> Bool {
        let span = content.spans[number]
        guard span.closing == span.opening + 2, case .text(let text) = content.tokens[span.opening + 1] else {
            return false
        }
        return naturalLink(text, at: span.opening + 1) != nil
    }

    func naturalLink(_ text: [UInt8], at index: Int) -> [UInt8]? {
        guard let target, index > 0, index + 1 < content.tokens.count,
            case .open(let number) = content.tokens[index - 1], case .close(number) = content.tokens[index + 1],
            content.spans[number].mark == nil, text.count <= 2_048, text.allSatisfy(Self.isPlain),
            !TextEscape.isReference(text),
            target.natural(text) == content.spans[number].link
        else { return nil }
        if text.first == UInt8(ascii: "@"), !target.mayNotify { return nil }
        // An emoji in an address would be drawn.
        if text.indices.contains(where: { ReferenceBreaks.isNeeded(before: $0, in: text, isLinked: true) }) {
            return nil
        }
        let isWeb = text.prefix(8).spells("https://") || text.prefix(7).spells("http://")
        if standsAlone(from: index - 1, to: index + 1, isInMark: !isWeb), !holdsMarks(text) { return text }
        return isWeb ? [UInt8(ascii: "<")] + text + [UInt8(ascii: ">")] : nil
    }

    /// Whether a byte can neither be Markdown nor end an address.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || "#@/.:-_~?=&%+,!;()'*".utf8.contains(byte)
    }

    /// Whether Markdown may see emphasis in an address: our renderer shields nothing in those of people, nor behind a
    /// parenthesis that none opens.
    private func holdsMarks(_ address: [UInt8]) -> Bool {
        var plain = address[...]
        if let scheme = address.firstRange(of: "://".utf8) {
            plain = address[BareAddress.plainEnd(in: address, from: scheme.upperBound)...]
        } else if address.prefix(4).spells("www.") {
            plain = address[BareAddress.plainEnd(in: address, from: 4)...]
        }
        return plain.indices.contains { index in
            let isInWord =
                plain[..<index].last?.isAlphanumeric == true && plain[(index + 1)...].first?.isAlphanumeric == true
            return "*~".utf8.contains(plain[index]) || plain[index] == UInt8(ascii: "_") && !isInWord
        }
    }

    /// Whether white space, or what stands at the edge of a sentence, is around these tokens, or if `isInMark` the
    /// edges of marks.
    private func standsAlone(from first: Int, to last: Int, isInMark: Bool) -> Bool {
        if first > 0 {
            switch content.tokens[first - 1] {
            case .text(let before) where before.last == 0x20: break
            case .open where isInMark: break
            default: return false
            }
        }
        guard last + 1 < content.tokens.count else { return true }
        switch content.tokens[last + 1] {
        case .close: return isInMark
        case .text(let behind):
            if behind.first == 0x20 { return true }
            guard let mark = behind.first, ".,!?".utf8.contains(mark) else { return false }
            return behind.count > 1 ? behind[1] == 0x20 : last + 2 == content.tokens.count
        default: return false
        }
    }

    // MARK: Footnotes

    func isFootnote(_ number: Int) -> Bool {
        let span = content.spans[number]
        guard span.mark == .superscripted, span.closing == span.opening + 2,
            case .text(let text) = content.tokens[span.opening + 1]
        else { return false }
        return footnote(text, at: span.opening + 1) != nil
    }

    /// The reference that our renderer made this number of, in a text whose source has footnotes.
    func footnote(_ text: [UInt8], at index: Int) -> [UInt8]? {
        guard let target, !target.footnotes.isEmpty, index > 0, case .open(let number) = content.tokens[index - 1],
            content.spans[number].mark == .superscripted, text.first == UInt8(ascii: "["),
            text.last == UInt8(ascii: "]"),
            let note = Int(String(decoding: text.dropFirst().dropLast(), as: UTF8.self)),
            let label = target.footnotes[note]
        else { return nil }
        return Array("[^".utf8) + label + [UInt8(ascii: "]")]
    }
}
