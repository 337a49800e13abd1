import GitHub

/// A link beside a picture that is on GitHub and in a private repository: only a browser signed in there can load it.
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
