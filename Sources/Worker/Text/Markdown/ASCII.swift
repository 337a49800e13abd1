/// The character classes that Markdown, HTML and URLs are made of.
extension UInt8 {
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
    var isAlphanumeric: Bool { isDigit || isLetter }
    /// A letter, digit or underscore: what a word boundary lies between.
    var isWord: Bool { isAlphanumeric || self == UInt8(ascii: "_") }
    /// Space, tab, line feed, form feed or carriage return: HTML's white space.
    var isSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0C || self == 0x0D }
    var isPunctuation: Bool { self > 0x20 && self < 0x7F && !isAlphanumeric }
    var isControl: Bool { self < 0x20 || self == 0x7F }
    var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}

extension Collection<UInt8> {
    /// Whether it is `word`, which is in lower case, in whatever case.
    func spells(_ word: StaticString) -> Bool {
        word.withUTF8Buffer { count == $0.count && elementsEqual($0) { $0.lowercased == $1 } }
    }
}
