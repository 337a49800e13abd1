/// What a URL begins with, up to its first colon.
enum URLScheme {
    case http, https, mailto, tel, other

    /// The one that a browser would see in `url`, or nil; neither white space nor control characters hide one.
    init?(of url: ArraySlice<UInt8>) {
        guard let colon = url.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = url[..<colon].filter { !$0.isControl && !$0.isSpace }
        guard let first = name.first, first.isLetter, name.allSatisfy(Self.isInName) else { return nil }
        self =
            if name.spells("https") { .https } else if name.spells("http") { .http } else if name.spells("mailto") {
                .mailto
            } else if name.spells("tel") { .tel } else { .other }
    }

    private static func isInName(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}
