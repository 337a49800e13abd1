import Base

/// The byte classes of RFC 9110 and RFC 9112 that the parser decides by.
enum HTTPSyntax {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20

    /// A byte of a field name or another token (RFC 9110, 5.6.2).
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "*"): true
        case UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "+"), UInt8(ascii: "^"), UInt8(ascii: "`"): true
        case UInt8(ascii: "|"), UInt8(ascii: "~"): true
        default: byte.isAlphanumeric
        }
    }

    /// A byte of a registered name or an IPv4 address in a URI (RFC 3986, 3.2.2); percent signs count as they are.
    static func isHostName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "%"): true
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&")...UInt8(ascii: ","), UInt8(ascii: ";"): true
        case UInt8(ascii: "="): true
        default: byte.isAlphanumeric
        }
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    /// A control byte other than tab: no head, trailer or chunk extension may hold one.
    static func isControl(_ byte: UInt8) -> Bool { (byte < space && byte != tab) || byte == 0x7F }

    /// `text` without the spaces and tabs around it.
    static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let first = text.first, isBlank(first) { text.removeFirst() }
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    /// Whether `text` is `host` or `host:port` with a name, an IPv4 address or a bracketed IPv6 address.
    static func isAuthority(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let literal = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
            guard literal.utf8.contains(UInt8(ascii: ":")), IPAddress(literal) != nil else { return false }
            rest = rest[(end + 1)...]
        } else {
            let name = rest.prefix(while: isHostName)
            guard !name.isEmpty else { return false }
            rest = rest[name.endIndex...]
        }
        guard let colon = rest.first else { return true }
        let port = rest.dropFirst()
        return colon == UInt8(ascii: ":") && port.count <= 5 && port.allSatisfy(\.isDigit)
    }
}
