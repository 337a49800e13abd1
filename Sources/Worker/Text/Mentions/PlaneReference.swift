import Base

/// A number of Plane's in running text: `GH-12`.
struct PlaneReference {
    let target: IssueMention.Target
    /// Where the text goes on.
    let end: Int

    private static let lengths = 2...12

    /// The one that begins at `start`, or nil.
    init?(in text: [UInt8], at start: Int) {
        guard Self.isUpper(text[start]), WordBoundary.isBefore(start, in: text) else { return nil }
        self.init(anywhereIn: text, at: start) { Self.isUpper($0) || $0.isDigit }
        if end < text.count, text[end].isWord { return nil }
        // `CVE-2024-1` and `ISO-8859.1` go on.
        guard end + 1 < text.count else { return }
        let next = text[end + 1]
        switch text[end] {
        case UInt8(ascii: "-") where next.isWord, UInt8(ascii: ".") where next.isDigit: return nil
        default: break
        }
    }

    /// One that begins at `start` with bytes that satisfy `belongs`, wherever that is and whatever follows its last
    /// digit.
    init?(anywhereIn text: [UInt8], at start: Int, where belongs: (UInt8) -> Bool) {
        let identifier = text[start...].prefix(Self.lengths.upperBound + 1).prefix(while: belongs)
        guard Self.lengths.contains(identifier.count), identifier.first?.isLetter == true,
            identifier.endIndex < text.count, text[identifier.endIndex] == UInt8(ascii: "-"),
            let number = IssueNumber(in: text, at: identifier.endIndex + 1)
        else { return nil }
        let name = String(decoding: identifier, as: UTF8.self).uppercased()
        target = .plane(identifier: name, number: Int(number.value))
        end = number.end
    }

    private static func isUpper(_ byte: UInt8) -> Bool { byte.isLetter && byte.lowercased != byte }
}
