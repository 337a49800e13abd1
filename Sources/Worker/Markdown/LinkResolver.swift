import Foundation

/// Turns what a source gives as a link or image into an absolute URL that is safe to store, or into nothing.
///
/// Absolute URLs are taken with the schemes http, https, mailto and tel. Relative ones are read as in the repository:
/// `/a/b` is on github.com, `x/y.md` a file of the default branch. A fragment alone (`#usage`) has no page to be on
/// in Plane, so it is no link.
struct LinkResolver {
    enum Purpose { case link, image }

    /// Longer ones are taken for an attack; browsers and servers stop at a fraction of it.
    static let longest = 8_192

    /// `https://github.com/owner/name`.
    let repositoryURL: [UInt8]

    init(repository: String) {
        repositoryURL = Array("https://github.com/".utf8) + Self.percentEncoded(Array(repository.utf8))
    }

    /// The URL to store (not yet escaped for HTML), or nil if `url` must not or cannot be one.
    ///
    /// Entities in `url` are decoded already.
    func resolve(_ url: [UInt8], for purpose: Purpose) -> [UInt8]? {
        guard url.count <= Self.longest else { return nil }
        // Browsers skip these inside a scheme, so they are gone before anything is decided.
        let visible = url.filter { !$0.isControl }
        let trimmed = Array(visible.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed())
        let scheme = Self.scheme(of: trimmed)
        guard scheme == Self.scheme(of: Self.percentDecoded(trimmed)) else { return nil }
        if let scheme {
            switch scheme {
            case "http", "https": return Self.web(trimmed, schemeLength: scheme.utf8.count)
            case "mailto", "tel":
                guard purpose == .link, trimmed.count > scheme.utf8.count + 1 else { return nil }
                return Self.percentEncoded(trimmed)
            default: return nil
            }
        }
        let text = Self.percentEncoded(trimmed)
        switch text.first {
        case nil, UInt8(ascii: "#")?, UInt8(ascii: "?")?: return nil
        case UInt8(ascii: "/")?:
            if text.starts(with: "//".utf8) { return Self.web(Array("https:".utf8) + trimmed, schemeLength: 5) }
            return Array("https://github.com".utf8) + text
        default:
            let path = text.starts(with: "./".utf8) ? text.dropFirst(2) : text[...]
            return repositoryURL + (purpose == .image ? "/raw/HEAD/" : "/blob/HEAD/").utf8 + path
        }
    }

    /// The lower-case scheme that a browser would see, or nil; white space does not hide one.
    private static func scheme(of url: [UInt8]) -> String? {
        let bytes = url.filter { !$0.isControl && !$0.isSpace }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), let first = bytes.first, first.isLetter,
            bytes[..<colon].allSatisfy({ $0.isAlphanumeric || "+-.".utf8.contains($0) })
        else { return nil }
        return String(decoding: bytes[..<colon].map(\.lowercased), as: UTF8.self)
    }

    /// An http or https URL whose host is plainly a host, or nil.
    ///
    /// User names in front of it only serve to deceive.
    private static func web(_ url: [UInt8], schemeLength: Int) -> [UInt8]? {
        let rest = url.dropFirst(schemeLength)
        guard rest.starts(with: "://".utf8) else { return nil }
        let authority = rest.dropFirst(3).prefix { !"/?#".utf8.contains($0) }
        let parts = authority.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard let host = parts.first, isHost(host), parts.count <= 2 else { return nil }
        if parts.count == 2 {
            guard parts[1].allSatisfy(\.isDigit),
                parts[1].isEmpty || UInt16(String(decoding: parts[1], as: UTF8.self)) != nil
            else { return nil }
        }
        return url[..<authority.startIndex] + authority + percentEncoded(Array(url[authority.endIndex...]))
    }

    private static func isHost(_ host: ArraySlice<UInt8>) -> Bool {
        guard !host.isEmpty, host.count <= 253 else { return false }
        let text = String(decoding: host, as: UTF8.self)
        guard text.unicodeScalars.allSatisfy({ $0.isASCII ? isHostByte(UInt8($0.value)) : $0.properties.isAlphabetic })
        else { return false }
        let labels = host.split(separator: UInt8(ascii: "."))
        guard let last = labels.last else { return false }
        // Punycode can be malformed in ways that take IDNA tables to see; parsers then refuse the whole URL.
        guard !labels.contains(where: { $0.prefix(4).map(\.lowercased) == Array("xn--".utf8) }) else { return false }
        // A host that ends in a number is an IPv4 address or nothing.
        guard last.allSatisfy(\.isDigit) || last.prefix(2).map(\.lowercased) == Array("0x".utf8) else { return true }
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        byte.isWord || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    private static func percentDecoded(_ url: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        var index = 0
        while index < url.count {
            if url[index] == UInt8(ascii: "%"), index + 2 < url.count,
                let byte = UInt8(String(decoding: url[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                decoded.append(byte)
                index += 3
            } else {
                decoded.append(url[index])
                index += 1
            }
        }
        return decoded
    }

    /// Encodes what may not stand in a URL; what is encoded already stays, and so do letters of other scripts.
    private static func percentEncoded(_ url: [UInt8]) -> [UInt8] {
        guard url.contains(where: isUnsafe) else { return url }
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in url {
            if isUnsafe(byte) {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                encoded.append(byte)
            }
        }
        return encoded
    }

    private static func isUnsafe(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x7F || "\"<>\\^`{|}".utf8.contains(byte)
    }
}
