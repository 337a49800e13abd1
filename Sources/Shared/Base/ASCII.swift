/// The classes of ASCII bytes; no byte of another character belongs to any of them.
///
/// Inlinable, because whole payloads and texts are read byte by byte in other modules.
extension UInt8 {
    @inlinable package var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    @inlinable package var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
    @inlinable package var isAlphanumeric: Bool { isDigit || isLetter }
    /// A letter, digit or underscore: what a word boundary lies between.
    @inlinable package var isWord: Bool { isAlphanumeric || self == UInt8(ascii: "_") }
    @inlinable package var isHexDigit: Bool { hexValue != nil }
    /// Space, tab, line feed, form feed or carriage return: HTML's white space.
    @inlinable package var isSpace: Bool {
        self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0C || self == 0x0D
    }
    @inlinable package var isPunctuation: Bool { self > 0x20 && self < 0x7F && !isAlphanumeric }
    @inlinable package var isControl: Bool { self < 0x20 || self == 0x7F }
    /// The small letter of a capital; any other byte as it is.
    @inlinable package var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }

    /// The value of a hexadecimal digit in either case; nil for any other byte.
    @inlinable package var hexValue: UInt8? {
        if isDigit { return self - UInt8(ascii: "0") }
        let letter = self | 0x20
        return letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "f") ? letter - UInt8(ascii: "a") + 10 : nil
    }

    /// The lower-case hexadecimal digit of a value below 16.
    @inlinable package static func hexDigit(of value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }
}

extension String {
    /// Whether it has 1 to `limit` characters, all of them ASCII and none for control.
    package func isPrintableASCII(upTo limit: Int) -> Bool {
        (1...limit).contains(utf8.count) && utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

extension Collection<UInt8> {
    /// Two lower-case hexadecimal digits for each byte.
    package var hex: String {
        String(decoding: flatMap { [UInt8.hexDigit(of: $0 >> 4), UInt8.hexDigit(of: $0 & 15)] }, as: UTF8.self)
    }

    /// Whether these bytes are `word`, a word in lower case, when the case of ASCII letters does not count.
    @inlinable package func spells(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { count == $0.count && elementsEqual($0) { $0.lowercased == $1 } }
    }
}
