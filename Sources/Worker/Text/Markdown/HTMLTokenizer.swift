import Base

/// Splits raw HTML into text, tags and declarations, in linear time; comments are dropped.
///
/// Not a browser's tokenizer: nothing it returns is trusted or copied to the output as markup. A tag that never ends is
/// text, with all that follows.
struct HTMLTokenizer {
    enum Token {
        /// Text, entities and all.
        case text(Range<Int>)
        /// A start tag and where it stands.
        case start(HTMLTag, Range<Int>)
        /// The lower-case name of an end tag and where it stands.
        case end(String, Range<Int>)
        /// `<!DOCTYPE …>`, `<![CDATA[…]]>` or `<?xml …?>`, of which a browser shows nothing.
        case declaration(Range<Int>)
    }

    let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() -> Token? {
        while index < bytes.count {
            let start = index
            guard bytes[start] == UInt8(ascii: "<"), start + 1 < bytes.count else { return text(from: start) }
            switch bytes[start + 1] {
            case UInt8(ascii: "!"):
                if skipDeclaration() { return .declaration(start..<index) }
            case UInt8(ascii: "?"):
                skip(past: "?>")
                return .declaration(start..<index)
            case UInt8(ascii: "/") where start + 2 < bytes.count && bytes[start + 2].isLetter:
                index = start + 2
                let name = name()
                _ = attributes()
                guard close() else { return .text(start..<bytes.count) }
                return .end(name, start..<index)
            case let letter where letter.isLetter:
                index = start + 1
                let name = name()
                let attributes = attributes()
                guard close() else { return .text(start..<bytes.count) }
                return .start(HTMLTag(name: name, attributes: attributes), start..<index)
            default: return text(from: start)
            }
        }
        return nil
    }

    /// Skips to the end tag `</name`, or to the end when there is none: the content of `script` and `style` is not
    /// HTML.
    mutating func skipContent(of name: String) {
        let wanted = Array("</\(name)".utf8)
        while index + wanted.count <= bytes.count {
            if bytes[index] == wanted[0],
                bytes[index..<index + wanted.count].elementsEqual(wanted, by: { $0.lowercased == $1 })
            {
                return
            }
            index += 1
        }
        index = bytes.count
    }

    /// The text up to the next `<` that can start something.
    private mutating func text(from start: Int) -> Token {
        index = bytes[(start + 1)...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        return .text(start..<index)
    }

    /// Moves behind a comment or declaration; false for a comment.
    private mutating func skipDeclaration() -> Bool {
        if bytes[index...].starts(with: "<!-->".utf8) {
            index += 5
            return false
        } else if bytes[index...].starts(with: "<!--".utf8) {
            index += 2
            skip(past: "-->")
            return false
        }
        skip(past: bytes[index...].starts(with: "<![CDATA[".utf8) ? "]]>" : ">")
        return true
    }

    /// Moves behind the next `end`, or to the end of everything, as a browser would.
    private mutating func skip(past end: StaticString) {
        let wanted = end.withUTF8Buffer { Array($0) }
        while index < bytes.count {
            if bytes[index] == wanted[0], bytes[index...].starts(with: wanted) {
                index += wanted.count
                return
            }
            index += 1
        }
    }

    private mutating func name() -> String {
        let start = index
        while index < bytes.count, !bytes[index].isSpace, bytes[index] != UInt8(ascii: "/"),
            bytes[index] != UInt8(ascii: ">")
        {
            index += 1
        }
        return String(decoding: bytes[start..<index].map(\.lowercased), as: UTF8.self)
    }

    /// Everything up to the `>` of the tag; of attributes given twice the first counts.
    private mutating func attributes() -> [String: Range<Int>] {
        var attributes: [String: Range<Int>] = [:]
        while index < bytes.count {
            while index < bytes.count, bytes[index].isSpace || bytes[index] == UInt8(ascii: "/") { index += 1 }
            guard index < bytes.count, bytes[index] != UInt8(ascii: ">") else { return attributes }
            let start = index
            index += 1  // a leading = belongs to the name
            while index < bytes.count, !bytes[index].isSpace, !"/>=".utf8.contains(bytes[index]) { index += 1 }
            let name = start..<index
            let value = value()
            guard name.count <= 20 else { continue }  // `entity_identifier` has 17
            let key = String(decoding: bytes[name].map(\.lowercased), as: UTF8.self)
            if attributes[key] == nil { attributes[key] = value }
        }
        return attributes
    }

    /// Where the value after an attribute's name stands, without its quotes; empty when there is none.
    private mutating func value() -> Range<Int> {
        var ahead = index
        while ahead < bytes.count, bytes[ahead].isSpace { ahead += 1 }
        guard ahead < bytes.count, bytes[ahead] == UInt8(ascii: "=") else { return index..<index }
        ahead += 1
        while ahead < bytes.count, bytes[ahead].isSpace { ahead += 1 }
        index = ahead
        guard ahead < bytes.count else { return ahead..<ahead }
        let quote = bytes[ahead]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            let end = bytes[(ahead + 1)...].firstIndex(of: quote) ?? bytes.count
            index = min(end + 1, bytes.count)
            return ahead + 1..<end
        }
        while index < bytes.count, !bytes[index].isSpace, bytes[index] != UInt8(ascii: ">") { index += 1 }
        return ahead..<index
    }

    /// Takes the `>` of a tag; when it is missing, everything has been read.
    private mutating func close() -> Bool {
        guard index < bytes.count else { return false }
        index += 1
        return true
    }
}

/// A start tag of raw HTML.
struct HTMLTag {
    /// In lower case.
    let name: String
    /// Where the values stand in the tokenizer's bytes, still with entities; names in lower case.
    let attributes: [String: Range<Int>]

    /// The decoded value of an attribute, or nil.
    func value(_ name: String, in bytes: [UInt8]) -> [UInt8]? {
        guard let range = attributes[name] else { return nil }
        var value: [UInt8] = []
        HTMLEntities.decode(bytes[range], into: &value)
        return value
    }

    /// The value of an attribute that is a number of at most `maximum`, or nil.
    func number(_ name: String, in bytes: [UInt8], maximum: Int) -> Int? {
        guard let text = value(name, in: bytes), let number = Int(String(decoding: text, as: UTF8.self)) else {
            return nil
        }
        return (1...maximum).contains(number) ? number : nil
    }
}
