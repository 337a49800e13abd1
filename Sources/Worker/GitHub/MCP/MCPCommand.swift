import Base
import Foundation

/// A program that is an MCP server on its standard input and output, and what it gets to see of our environment.
package struct MCPCommand: Sendable, Equatable {
    /// The path of the program, then its arguments, which everybody on this machine may see.
    let words: [String]
    private let variables: [String: String]
    let token: Secret?

    /// What a program needs to run and to reach GitHub.
    ///
    /// Anything else stays with us: there are passwords in it.
    private static let passedOn = [
        "PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "NO_PROXY",
        "no_proxy", "GITHUB_HOST",
    ]

    init(words: [String], variables: [String: String] = [:], token: Secret? = nil) {
        self.words = words
        self.variables = variables
        self.token = token
    }

    /// Reads a command line: words between blanks, with '…', "…" and \ as a shell has them, and nothing else of a shell.
    init(
        _ text: String,
        named name: String,
        token: Secret?,
        in environment: Environment
    ) throws(Environment.Problem) {
        // The line could not be shown in a problem either.
        guard GitHubError.withoutSecrets(text) == text, token.map({ !text.contains($0.reveal()) }) ?? true else {
            throw Environment.Problem("\(name) has a token in it, expected it in GITHUB_TOKEN or GITHUB_TOKEN_FILE")
        }
        guard var words = Self.words(text), let program = words.first else {
            throw Environment.Problem("\(name) is '\(text)', expected a program with its arguments")
        }
        guard let path = Self.path(of: program, in: environment.string("PATH") ?? "/usr/bin:/bin") else {
            throw Environment.Problem("\(name) is '\(text)', expected a program that can be run, '\(program)' cannot")
        }
        words[0] = path
        let variables = Self.passedOn.compactMap { name in environment.string(name).map { (name, $0) } }
        self.init(words: words, variables: Dictionary(variables) { $1 }, token: token)
    }

    /// The variables as `execve` takes them.
    ///
    /// The token is among them, because only its own user sees the environment of a program.
    var environment: [String] {
        let token = token.map { ["GITHUB_PERSONAL_ACCESS_TOKEN=\($0.reveal())"] } ?? []
        return variables.map { "\($0)=\($1)" } + token
    }

    /// Nil if a quotation mark has no second one, or nothing follows a backslash.
    static func words(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "\\", quote != "'" {
                guard let next = rest.popFirst() else { return nil }
                word = (word ?? "") + String(next)
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if quote == nil, character.isWhitespace {
                if let whole = word { words.append(whole) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return quote == nil ? words + (word.map { [$0] } ?? []) : nil
    }

    private static func path(of program: String, in path: String) -> String? {
        if program.contains("/") { return isProgram(program) ? program : nil }
        return path.split(separator: ":").map { "\($0)/\(program)" }.first(where: isProgram)
    }

    private static func isProgram(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }
}
