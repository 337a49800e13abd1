import GitHub
import Text

/// The line at the top of a text that names its GitHub author, for texts whose author in Plane is the bot.
package enum Attribution {
    /// The verb of the line: whether the author wrote a text, or opened an issue.
    enum Verb: CaseIterable {
        case wrote
        /// For an issue without a text.
        case opened

        fileprivate var words: String { self == .wrote ? "wrote" : "opened this" }
        fileprivate var end: String { self == .wrote ? ":" : "." }
        fileprivate var anonymousLines: [String] {
            ["A deleted GitHub user \(words)\(end)", "A GitHub user \(words)\(end)"]
        }
    }

    /// `server` is the one where the text was written.
    static func html(_ author: GitHubUser?, _ verb: Verb = .wrote, on server: GitHubServer) -> String {
        guard let author else { return paragraph(verb.anonymousLines[0]) }
        guard GitHubUser.isLogin(author.login) else { return paragraph(verb.anonymousLines[1]) }
        let page = "\(server.url)/\(author.login.hasSuffix("[bot]") ? "apps/" : "")"
        let name = author.login.replacing("[bot]", with: "")
        return paragraph(
            "<a href=\"\(page)\(name)\" target=\"_blank\" rel=\"noopener noreferrer\">\(author.login)</a> "
                + "\(verb.words) on GitHub\(verb.end)"
        )
    }

    /// The text without the line at its top; nil when there is no such line.
    ///
    /// The line is known by its words, because Plane's editor may have changed its tags.
    package static func removed(from html: String) -> String? {
        guard html.hasPrefix("<p"), let end = html.firstRange(of: "</p>")?.upperBound else { return nil }
        let line = PlaneText.stripped(String(html[..<end]))
        let hasLink = html[..<end].contains("<a ")
        let isOurs = Verb.allCases.contains { verb in
            let suffix = " \(verb.words) on GitHub\(verb.end)"
            return verb.anonymousLines.contains(line)
                || (hasLink && line.hasSuffix(suffix) && GitHubUser.isLogin(line.dropLast(suffix.count)))
        }
        guard isOurs else { return nil }
        return end == html.endIndex ? "<p></p>" : String(html[end...])
    }

    /// The line at the top of a text; empty when there is none.
    package static func line(of html: String) -> String {
        removed(from: html) == nil ? "" : String(html[..<(html.firstRange(of: "</p>")?.upperBound ?? html.startIndex)])
    }

    private static func paragraph(_ html: String) -> String {
        "<p class=\"editor-paragraph-block\">\(html)</p>"
    }
}
