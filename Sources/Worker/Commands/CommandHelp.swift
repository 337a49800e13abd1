/// What `--help` says about a command.
struct CommandHelp: Sendable {
    let name: String
    /// One line for the list of commands.
    let summary: String
    /// What follows the name: `ID [--payload]`; further lines are indented.
    var usage = ""
    /// What the words without dashes are; nil when there are none.
    var positional: String?
    var options: [Option] = []
    var details: [String] = []
    var example: [String] = []
    /// Where it is not as the program's help says.
    var exitStatus: String?

    var lines: [String] {
        let call = ["plane-worker", name, usage].filter { !$0.isEmpty }.joined(separator: " ")
        var lines = call.split(separator: "\n").enumerated().map { $0 == 0 ? "usage: \($1)" : "           \($1)" }
        lines += ["", "\(summary)."]
        if !details.isEmpty { lines += [""] + details }
        let described = options.map { option in
            (name: option.form, meaning: option.meaning)
        }
        if !described.isEmpty { lines += ["", "Options:"] + Self.aligned(described) }
        if !example.isEmpty { lines += ["", "Example:"] + example.map { "  \($0)" } }
        return lines
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
}
