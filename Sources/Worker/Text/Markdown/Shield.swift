import Base

/// Hides punctuation from md4c, which must treat it as letters: in formulas, bare addresses, XML tags and labels of
/// footnotes.
///
/// In the source each such character becomes two bytes that do not occur in UTF-8, and it is restored when md4c returns
/// the text, wherever that stands. So a character that need not be shielded, in code for example, is shown as it was
/// written.
enum Shield {
    /// `byte`, an ASCII character from the space on, as md4c is to see it.
    static func append(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(byte < 0x60 ? 0xFE : 0xFF)
        output.append(0x80 | (byte - 0x20) & 0x3F)
    }

    /// `bytes` with every character of punctuation shielded.
    static func appendPunctuation(of bytes: some Sequence<UInt8>, to output: inout [UInt8]) {
        for byte in bytes {
            if byte.isPunctuation {
                append(byte, to: &output)
            } else {
                output.append(byte)
            }
        }
    }

    /// `<` and `_`, shielded.
    static let bracket: [UInt8] = [0xFE, 0x9C]
    static let underscore: [UInt8] = [0xFE, 0xBF]

    /// What stands for the `[^` and `]` of a footnote: md4c sees punctuation there, as in the source, but no link.
    static let footnoteStart = [UInt8(ascii: "{"), 0xFF, UInt8(ascii: "^")]
    static let footnoteEnd = [0xFF, UInt8(ascii: "}")]

    /// `text` without shields.
    static func restored(_ text: some Collection<UInt8>) -> [UInt8] {
        var restored: [UInt8] = []
        restored.reserveCapacity(text.count)
        for byte in text {
            guard let lead = restored.last, lead >= 0xFE else {
                restored.append(byte)
                continue
            }
            switch byte {
            case 0x80...0xBF: restored[restored.count - 1] = (lead == 0xFE ? 0x20 : 0x60) + (byte & 0x3F)
            case footnoteStart[2]:
                restored.removeLast(min(2, restored.count))
                restored += "[^".utf8
            default: restored[restored.count - 1] = UInt8(ascii: "]")
            }
        }
        return restored
    }
}
