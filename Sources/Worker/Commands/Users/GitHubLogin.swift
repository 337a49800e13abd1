/// A GitHub user's name as it is typed: with or without an @ in front.
struct GitHubLogin: Sendable, Equatable {
    let name: String

    /// Nil for what GitHub cannot have given; it would end up in addresses and log lines.
    init?(_ text: String) {
        let name = text.hasPrefix("@") ? String(text.dropFirst()) : text
        let stem = name.hasSuffix("[bot]") ? name.dropLast("[bot]".count) : name[...]
        guard (1...100).contains(stem.utf8.count),
            stem.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        else { return nil }
        self.name = name
    }

    /// Reads the word a command is about.
    init(_ word: String, _ arguments: Arguments) throws(UsageProblem) {
        guard let login = GitHubLogin(word) else {
            throw arguments.problem("LOGIN is '\(word)', expected a name on GitHub such as octocat")
        }
        self = login
    }
}
