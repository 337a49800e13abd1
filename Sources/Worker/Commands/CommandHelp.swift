import Base

/// What `--help` says about a command.
struct CommandHelp: Sendable {
    let name: String
    /// One line for the list of commands.
    let summary: String
    /// What follows the name: `ID [--payload]`; further lines are indented.
    var usage = ""
    /// What the words without dashes are; nil when there are none.
    var positional: String?
    /// All there are of them, where they are few.
    var positionalWords: [String] = []
    var options: [Option] = []
    var details: [String] = []
    var example: [String] = []
    var exitStatus = "0 done, 1 failed, 2 wrong usage."
    var usesDatabase = true
    /// Variables besides the database's, with what they do here.
    var variables: [(name: String, meaning: String)] = []

    /// The one or two words that name it.
    var words: [String] { name.split(separator: " ").map(String.init) }

    var lines: [String] {
        let call = ["plane-worker", name, usage].filter { !$0.isEmpty }.joined(separator: " ")
        var lines = call.split(separator: "\n").enumerated().map { $0 == 0 ? "usage: \($1)" : "           \($1)" }
        lines += ["", "\(summary)."]
        if !details.isEmpty { lines += [""] + details }
        if !options.isEmpty { lines += ["", "Options:"] + Self.aligned(options.map { ($0.form, $0.meaning) }) }
        if !example.isEmpty { lines += ["", "Example:"] + example.map { "  \($0)" } }
        lines += [""] + Self.aligned([("Exit status:", exitStatus)]).map { String($0.dropFirst(2)) }
        let database = usesDatabase ? [("DATABASE_URL", "required"), ("DATABASE_POOLED", "true behind PgBouncer")] : []
        let variables = database + self.variables
        return variables.isEmpty ? lines : lines + ["", "Environment:"] + Self.aligned(variables)
    }

    /// Names in one column, meanings in the next; further lines of a meaning are indented like the first.
    static func aligned(_ pairs: [(name: String, meaning: String)]) -> [String] {
        let width = pairs.reduce(0) { max($0, $1.name.count) }
        return pairs.flatMap { pair in
            pair.meaning.split(separator: "\n").enumerated().map { number, line in
                let name = number == 0 ? pair.name : ""
                return "  \(name)\(String(repeating: " ", count: width - name.count))  \(line)"
            }
        }
    }

    /// For commands that print for people.
    static let terminalVariables = [
        (name: "NO_COLOR", meaning: "no colours, if it is set to anything"),
        (name: "COLUMNS", meaning: "at most so many, whatever the terminal has"),
        (name: "TERM", meaning: "dumb: no colours, nothing is drawn in place"),
    ]
}
