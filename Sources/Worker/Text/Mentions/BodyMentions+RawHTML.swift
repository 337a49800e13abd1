extension BodyMentions {
    /// Reads the raw HTML gathered: its text is text, its tags only bound it.
    mutating func readRawHTML() {
        guard !rawHTML.isEmpty else { return }
        var tokenizer = HTMLTokenizer(rawHTML)
        rawHTML.removeAll(keepingCapacity: true)
        while let token = tokenizer.next() {
            switch token {
            case .text(let range):
                guard isVisible, !Self.isTag(tokenizer.bytes[range]) else { continue }
                var decoded: [UInt8] = []
                HTMLEntities.decode(tokenizer.bytes[range], into: &decoded)
                text.append(decoded)
            case .start(let tag, _):
                collect()
                tags.open(tag, in: &tokenizer)
                text.append(Self.separator(for: tag.name))
            case .end(let name, _):
                collect()
                tags.close(name)
                text.append(Self.separator(for: name))
            case .declaration: text.append(MentionText.barrier)
            }
        }
    }

    /// Whether this is a tag without an end, which the tokenizer takes for text and a browser drops.
    private static func isTag(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: "<") else { return false }
        let name = text.dropFirst()
        return (name.first == UInt8(ascii: "/") ? name.dropFirst() : name).first?.isLetter ?? false
    }

    /// What a tag is to the text around it.
    private static func separator(for name: String) -> UInt8 {
        switch RawElement.named[name] {
        case .lineBreak: UInt8(ascii: "\n")
        case .mark(.code), .image, .hidden: MentionText.barrier
        case .mark, .link, .transparent, nil: MentionText.edge
        default: MentionText.barrier
        }
    }
}
