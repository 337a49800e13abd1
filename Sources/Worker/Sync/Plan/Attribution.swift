import Shared

/// The line that names a comment's GitHub author who has no Plane user.
enum Attribution {
    /// `server` is where the comment was written.
    static func html(_ author: GitHubUser?, on server: GitHubServer) -> String {
        guard let author else { return paragraph("A deleted GitHub user wrote:") }
        guard isLogin(author.login) else { return paragraph("A GitHub user wrote:") }
        let page = "\(server.url)/\(author.login.hasSuffix("[bot]") ? "apps/" : "")"
        let name = author.login.replacing("[bot]", with: "")
        return paragraph(
            "<a href=\"\(page)\(name)\" target=\"_blank\" rel=\"noopener noreferrer\">\(author.login)</a> wrote on GitHub:"
        )
    }

    private static func paragraph(_ html: String) -> String {
        "<p class=\"editor-paragraph-block\">\(html)</p>"
    }

    /// GitHub's own alphabet; anything else is not put into HTML.
    private static func isLogin(_ login: String) -> Bool {
        let name = login.hasSuffix("[bot]") ? login.dropLast(5) : login[...]
        return (1...100).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
