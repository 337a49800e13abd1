import Base
import GitHub

/// Turns what a source gives as a link or image into an absolute URL that is safe to store, or into nothing.
///
/// Absolute URLs are taken with the schemes http, https, mailto and tel. Relative ones are read as in the repository:
/// `/a/b` is on its server, `x/y.md` a file of the default branch. What begins with `..` is relative to the issue's
/// page, as it is in a browser. A fragment alone (`#usage`) has no page to be on in Plane, so it is no link, unless it
/// is that of a comment.
struct LinkResolver {
    enum Purpose { case link, image }

    /// Longer URLs count as attacks; browsers and servers accept much less.
    static let longest = 8_192

    let context: MarkdownContext
    /// `https://github.com`.
    let server: [UInt8]
    /// `https://github.com/owner/name`.
    let repositoryURL: [UInt8]

    init(_ context: MarkdownContext) {
        self.context = context
        server = Array(context.repository.server.url.utf8)
        repositoryURL = Array(context.repository.url.utf8)
    }

    /// The URL to store (not yet escaped for HTML), or nil if `url` must not or cannot be one.
    ///
    /// Entities in `url` are decoded already.
    func resolve(_ url: [UInt8], for purpose: Purpose) -> [UInt8]? {
        guard url.count <= Self.longest else { return nil }
        // Browsers ignore these inside a scheme, so they are removed before anything is decided.
        var url = url.contains(where: \.isControl) ? url.filter { !$0.isControl }[...] : url[...]
        url = url.drop { $0 == 0x20 }
        while url.last == 0x20 { url.removeLast() }
        let scheme = URLScheme(of: url)
        if url.contains(UInt8(ascii: "%")), scheme != URLScheme(of: Self.percentDecoded(url)[...]) { return nil }
        switch scheme {
        case .http?: return Self.web(url, behindScheme: url.dropFirst(4))
        case .https?: return Self.web(url, behindScheme: url.dropFirst(5))
        case .mailto?: return purpose == .link && url.count > 7 ? Self.encoded(url) : nil
        case .tel?: return purpose == .link && url.count > 4 ? Self.encoded(url) : nil
        case .other?: return nil
        case nil: return relative(url, for: purpose)
        }
    }

    private func relative(_ url: ArraySlice<UInt8>, for purpose: Purpose) -> [UInt8]? {
        let repository = "/" + context.repository.fullName
        switch url.first {
        case nil, UInt8(ascii: "?")?: return nil
        case UInt8(ascii: "#")?:
            guard purpose == .link, url.starts(with: "#issuecomment-".utf8) else { return nil }
            return repositoryURL + Array("/issues/\(context.issueNumber)".utf8) + Self.encoded(url)
        case UInt8(ascii: "/")?:
            if url.starts(with: "//".utf8) {
                let absolute = Array("https:".utf8) + url
                return Self.web(absolute[...], behindScheme: absolute[5...])
            }
            return server + Self.encoded(URLPath.normalized(url))
        default:
            if URLPath.leavesStart(url) {
                let path = Array("\(repository)/issues/".utf8) + url
                return server + Self.encoded(URLPath.normalized(path[...]))
            }
            // A path cannot leave the files of the branch.
            let root = Array("\(repository)\(purpose == .image ? "/raw" : "/blob")/HEAD".utf8)
            let path = [UInt8(ascii: "/")] + url
            return server + root + Self.encoded(URLPath.normalized(path[...]))
        }
    }

    /// An http or https URL whose host is plainly a host, or nil; `rest` is what follows its scheme.
    ///
    /// A user name in front of the host only serves to deceive, so such a URL is refused.
    private static func web(_ url: ArraySlice<UInt8>, behindScheme rest: ArraySlice<UInt8>) -> [UInt8]? {
        guard rest.starts(with: "://".utf8) else { return nil }
        let authority = rest.dropFirst(3).prefix {
            $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#")
        }
        let isLiteral = authority.first == UInt8(ascii: "[")
        let literal = authority.prefix { $0 != UInt8(ascii: "]") }.endIndex
        let host =
            isLiteral
            ? authority[..<min(literal + 1, authority.endIndex)] : authority.prefix { $0 != UInt8(ascii: ":") }
        let port = authority[host.endIndex...].dropFirst()
        guard WebHost.isHost(host), port.allSatisfy(\.isDigit), authority[host.endIndex...].first ?? colon == colon,
            port.isEmpty || UInt16(String(decoding: port, as: UTF8.self)) != nil
        else { return nil }
        var checked = Array(url[..<authority.endIndex])
        appendEncoded(URLPath.normalized(url[authority.endIndex...]), to: &checked)
        return checked
    }

    private static let colon = UInt8(ascii: ":")

    private static func percentDecoded(_ url: ArraySlice<UInt8>) -> [UInt8] {
        var decoded: [UInt8] = []
        var index = url.startIndex
        while index < url.endIndex {
            if url[index] == UInt8(ascii: "%"), index + 2 < url.endIndex,
                let high = url[index + 1].hexValue, let low = url[index + 2].hexValue
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(url[index])
                index += 1
            }
        }
        return decoded
    }

    private static func encoded(_ url: ArraySlice<UInt8>) -> [UInt8] {
        var encoded: [UInt8] = []
        appendEncoded(url, to: &encoded)
        return encoded
    }

    /// Encodes what may not stand in a URL; what is encoded already stays, and so do letters of other scripts.
    private static func appendEncoded(_ url: ArraySlice<UInt8>, to output: inout [UInt8]) {
        guard url.contains(where: isUnsafe) else { return output.append(contentsOf: url) }
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in url {
            if isUnsafe(byte) {
                output.append(UInt8(ascii: "%"))
                output.append(digits[Int(byte >> 4)])
                output.append(digits[Int(byte & 15)])
            } else {
                output.append(byte)
            }
        }
    }

    private static func isUnsafe(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
            UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
            true
        default: false
        }
    }
}
