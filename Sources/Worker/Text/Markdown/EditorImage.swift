import Base
import GitHub

/// An image in a line of text.
struct EditorImage {
    /// An http or https URL.
    let source: [UInt8]
    let description: [UInt8]
    /// `width` and `height` as written in the source, if they are lengths.
    var width: [UInt8]?
    var height: [UInt8]?

    func write(into output: inout [UInt8]) {
        output.append(contentsOf: "<img src=\"".utf8)
        HTMLEscape.attribute(source[...], into: &output)
        output.append(contentsOf: "\" alt=\"".utf8)
        // Sanitizers disagree on whether < and > are escaped in attributes, so that neither form would last.
        HTMLEscape.attribute(
            description.filter { $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }[...],
            into: &output
        )
        for (name, length) in [("width", width), ("height", height)] {
            guard let length, Self.isLength(length) else { continue }
            output.append(contentsOf: "\" \(name)=\"".utf8)
            output.append(contentsOf: length)
        }
        output.append(contentsOf: "\">".utf8)
    }

    /// Up to five digits, then nothing, `px` or `%`.
    private static func isLength(_ bytes: [UInt8]) -> Bool {
        let digits = bytes.prefix(while: \.isDigit)
        guard (1...5).contains(digits.count) else { return false }
        return ["", "px", "%"].contains(String(decoding: bytes.dropFirst(digits.count), as: UTF8.self))
    }
}

/// A link beside a picture in a private repository: only a browser that is signed in to GitHub can load it.
struct PictureLink {
    let url: [UInt8]
    let text: [UInt8]

    /// Nil when Plane can load the picture itself.
    init?(to image: EditorImage, in repository: GitHubRepository) {
        guard repository.isPrivate, Self.isOnGitHub(image.source, repository.server) else { return nil }
        url = image.source
        text = image.description.allSatisfy(\.isSpace) ? Array("image".utf8) : image.description
    }

    private static func isOnGitHub(_ url: [UInt8], _ server: GitHubServer) -> Bool {
        let authority = String(
            decoding: url.drop { $0 != UInt8(ascii: "/") }.dropFirst(2).prefix { !"/?#".utf8.contains($0) },
            as: UTF8.self
        )
        let host = authority.lowercased()
        return [server.host, "github.com", "githubusercontent.com"].contains { host == $0 || host.hasSuffix("." + $0) }
    }
}
