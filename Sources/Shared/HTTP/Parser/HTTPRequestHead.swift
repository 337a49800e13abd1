import Base

/// The protocol versions spoken here.
package enum HTTPVersion: String, Sendable {
    case http10 = "HTTP/1.0"
    case http11 = "HTTP/1.1"
}

/// A request line and its header fields, checked whole before anybody sees them.
package struct HTTPRequestHead: Sendable {
    /// In upper case, as it came.
    package let method: String
    /// As it came, printable ASCII only.
    package let target: String
    /// The target without its query, and without scheme and authority where those came; not percent-decoded.
    package let path: String
    /// What follows the first `?` of the target.
    package let query: String?
    package let version: HTTPVersion
    package let fields: HTTPFields
    /// Declared bytes of the body; nil when it comes in chunks, or when there is none.
    package let contentLength: Int?
    /// The numeric address at the other end of the socket.
    package let peer: String
    /// The peer, or what a trusted proxy says about who stands behind it.
    package internal(set) var client: String

    let framing: HTTPFraming

    /// Whether bytes of a body follow the head.
    package var hasBody: Bool {
        switch framing.body {
        case .none, .fixed(0): false
        case .fixed, .chunked: true
        }
    }
}

/// The first line of a request, taken apart.
struct HTTPRequestLine {
    let method: String
    let target: String
    let path: String
    let query: String?
    let version: HTTPVersion

    /// Reads `line`, which comes without its CRLF and without control bytes other than tab.
    init(_ line: ArraySlice<UInt8>) throws(HTTPRefusal) {
        guard let first = line.firstIndex(of: HTTPSyntax.space), let last = line.lastIndex(of: HTTPSyntax.space),
            first < last
        else { throw .requestLine }
        let method = line[..<first]
        let target = line[(first + 1)..<last]
        guard !method.isEmpty, !target.isEmpty, !target.contains(where: HTTPSyntax.isBlank) else { throw .requestLine }
        guard method.count <= 32, method.allSatisfy(Self.isMethod) else { throw .method }
        version = try Self.version(line[(last + 1)...])
        guard !method.spells("connect") else { throw .connectMethod }
        self.method = String(decoding: method, as: UTF8.self)
        guard target.allSatisfy({ $0 > HTTPSyntax.space && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw .target
        }
        self.target = String(decoding: target, as: UTF8.self)
        let local = try Self.withoutAuthority(target, isOptions: method.spells("options"))
        let mark = local.firstIndex(of: UInt8(ascii: "?"))
        query = mark.map { String(decoding: local[($0 + 1)...], as: UTF8.self) }
        let path = local[..<(mark ?? local.endIndex)]
        // Most targets are a path and nothing else: then both share one String.
        self.path =
            path.count == target.count ? self.target : path.isEmpty ? "/" : String(decoding: path, as: UTF8.self)
    }

    private static func isMethod(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")) || byte == UInt8(ascii: "-")
    }

    private static func version(_ text: ArraySlice<UInt8>) throws(HTTPRefusal) -> HTTPVersion {
        guard text.count == 8, text.starts(with: "HTTP/".utf8) else { throw .requestLine }
        let number = text.dropFirst(5)
        if number.elementsEqual("1.1".utf8) { return .http11 }
        if number.elementsEqual("1.0".utf8) { return .http10 }
        let dotted = number.dropFirst().first == UInt8(ascii: ".")
        guard dotted, let major = number.first, let minor = number.last, major.isDigit,
            minor.isDigit
        else { throw .requestLine }
        throw .version
    }

    /// The part of `target` from its path on; absolute form is what clients send through proxies (RFC 9112, 3.2.2).
    private static func withoutAuthority(
        _ target: ArraySlice<UInt8>,
        isOptions: Bool
    ) throws(HTTPRefusal) -> ArraySlice<UInt8> {
        if target.first == UInt8(ascii: "/") { return target }
        if isOptions, target.count == 1, target.first == UInt8(ascii: "*") { return target }
        let scheme = target.prefix { $0 != UInt8(ascii: ":") }
        guard scheme.spells("http") || scheme.spells("https") else { throw .target }
        let rest = target[scheme.endIndex...]
        guard rest.starts(with: "://".utf8) else { throw .target }
        let start = rest.startIndex + 3
        let authority = target[start...].prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard HTTPSyntax.isAuthority(authority) else { throw .target }
        return target[authority.endIndex...]
    }
}
