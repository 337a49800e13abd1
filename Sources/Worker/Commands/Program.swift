import Shared

/// plane-worker as the shell sees it: words in, an exit status out.
enum Program {
    enum Status: Int32, Sendable {
        case done = 0
        case failed = 1
        case wrongUsage = 2
    }

    static let commands: [any Command.Type] = [
        RunCommand.self, MigrateCommand.self, ConnectCommand.self, StatusCommand.self, EventsCommand.self,
        ShowCommand.self, ReplayCommand.self, PruneCommand.self,
    ]

    /// Runs what `words` ask for and reports what went wrong in one line.
    static func run(_ words: [String], in context: CommandContext) async -> Status {
        do {
            try await perform(words, in: context)
            return .done
        } catch let problem as UsageProblem {
            context.output.note("plane-worker: \(problem.line)")
            return .wrongUsage
        } catch let problem as Environment.Problem {
            context.output.note("plane-worker: \(problem) (see plane-worker --help)")
            return .wrongUsage
        } catch is Output.Closed {
            return .done
        } catch is RunCommand.Ended {
            return .failed
        } catch {
            context.output.note("plane-worker: \(description(of: error))")
            return .failed
        }
    }

    private static func perform(_ words: [String], in context: CommandContext) async throws {
        if words.first == "--version" { return try context.output.print("plane-worker \(Version.current)") }
        if words.first == "--help" || words.first == "-h" { return try context.output.print(ProgramHelp.lines) }
        let (command, rest) = try command(of: words)
        let options = rest.prefix { $0 != "--" }
        if options.contains("--help") || options.contains("-h") {
            return try context.output.print(command.help.lines)
        }
        try await command.parse(Array(rest)).run(in: context)
    }

    /// The command the first word names; without one, or with options only, it is `run`.
    private static func command(
        of words: [String]
    ) throws(UsageProblem) -> (any Command.Type, ArraySlice<String>) {
        guard let name = words.first, !name.hasPrefix("-") else { return (RunCommand.self, words[...]) }
        guard let command = commands.first(where: { $0.help.name == name }) else {
            let names = commands.map { $0.help.name }.joined(separator: ", ")
            throw UsageProblem("unknown command '\(name)', expected one of: \(names)")
        }
        return (command, words.dropFirst())
    }

    /// An error in the words of a line for the operator.
    ///
    /// libpq quotes a connection string it cannot read, password included. What it says of a server it asked is safe.
    static func description(of error: any Error) -> String {
        if let error = error as? DatabaseError, error.sqlState == "42501" {
            return "\(error): the user in DATABASE_URL lacks a right, sql/roles.sql says which role has it"
        }
        guard let error = error as? DatabaseError, error.statement == "connect",
            !error.message.hasPrefix("connection to server"), !error.message.hasPrefix("could not ")
        else { return String(describing: error) }
        return "database unavailable: libpq cannot use DATABASE_URL, expected a URI such as postgres://user@host/plane"
    }
}
