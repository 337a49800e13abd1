import Base
import Database

/// plane-worker as the shell sees it: arguments in, an exit status out.
enum Program {
    enum Status: Int32, Sendable {
        case done = 0
        case failed = 1
        case wrongUsage = 2
    }

    /// No command was named, and the help was shown instead.
    private struct CommandMissing: Error {}

    static let commands: [any Command.Type] = [
        RunCommand.self, MigrateCommand.self, ConnectCommand.self, StatusCommand.self, EventsCommand.self,
        ShowCommand.self, LogCommand.self, ReplayCommand.self, PruneCommand.self, DoctorCommand.self,
        SendCommand.self, DashboardCommand.self, ConfigureCommand.self, ShowConfigCommand.self,
        ImportCommand.self, ReconcileCommand.self, RecoverCommand.self,
        JobsListCommand.self, JobsShowCommand.self, JobsCancelCommand.self,
        PreviewCommand.self, OutboundListCommand.self, OutboundDecisionCommand<OutboundApproval>.self,
        OutboundDecisionCommand<OutboundRetry>.self, OutboundDecisionCommand<OutboundDrop>.self,
        UsersListCommand.self, UsersMapCommand.self, UsersUnmapCommand.self, DisconnectCommand.self,
        CompletionCommand.self, ManualCommand.self,
    ]

    /// All that is told about the program and its commands.
    static var help: [String] { ProgramHelp.lines + commands.flatMap { $0.help.lines } }

    /// Runs what `words` ask for and reports what went wrong in one line.
    static func run(_ words: [String], in context: CommandContext) async -> Status {
        do {
            try await perform(words, in: context)
            return .done
        } catch is CommandMissing {
            return .wrongUsage
        } catch let problem as UsageProblem {
            context.output.note("plane-worker: \(problem.line)")
            return .wrongUsage
        } catch let problem as Environment.Problem {
            context.output.note("plane-worker: \(problem) (see plane-worker --help)")
            return .wrongUsage
        } catch is Output.Closed {
            return .done
        } catch is RunCommand.Ended, is DashboardCommand.Ended, is DoctorCommand.Failed {
            return .failed
        } catch {
            let help = (try? command(of: words))?.0.help
            context.output.note("plane-worker: \(description(of: error, in: help))")
            return .failed
        }
    }

    private static func perform(_ words: [String], in context: CommandContext) async throws {
        switch words.first {
        case nil:
            ProgramHelp.lines.forEach(context.output.note)
            throw CommandMissing()
        case "version", "--version": return try context.output.print(Version.line(of: "plane-worker"))
        case "help": return try await perform(words.dropFirst() + ["--help"], in: context)
        case "--help", "-h": return try context.output.print(ProgramHelp.lines)
        default: break
        }
        if words.count == 2, words[1] == "--help" || words[1] == "-h" {
            let group = commands.filter { $0.help.name.hasPrefix("\(words[0]) ") }
            if !group.isEmpty {
                return try context.output.print(Array(group.map { $0.help.lines }.joined(separator: [""])))
            }
        }
        let (command, rest) = try command(of: words)
        let options = rest.prefix { $0 != "--" }
        if options.contains("--help") || options.contains("-h") {
            return try context.output.print(command.help.lines)
        }
        let parsed = try command.parse(Array(rest))
        // The services say it in their logs.
        if command != RunCommand.self, command != DashboardCommand.self {
            for mistake in context.environment.mistyped(help: help) { context.output.note("plane-worker: \(mistake)") }
        }
        try await parsed.run(in: context)
    }

    /// The command that the first word names, or the first two as in `users map`, and the words behind the name.
    private static func command(
        of words: [String]
    ) throws(UsageProblem) -> (any Command.Type, ArraySlice<String>) {
        let first = words[0]
        guard !first.hasPrefix("-") else {
            throw UsageProblem("unknown option '\(first)'" + ["--help", "--version"].suggestion(for: first))
        }
        for command in commands {
            let name = command.help.name.split(separator: " ").map(String.init)
            if words.starts(with: name) { return (command, words.dropFirst(name.count)) }
        }
        let names = commands.map { $0.help.name }
        let group = names.filter { $0.hasPrefix("\(first) ") }
        let isGroup = !group.isEmpty
        let typed = words.prefix(isGroup ? 2 : 1).joined(separator: " ")
        if let near = (isGroup ? group : commands.map { $0.help }.firstWords + ["help", "version"]).nearest(to: typed) {
            throw UsageProblem("unknown command '\(typed)', did you mean '\(near)'?")
        }
        guard !isGroup else { throw UsageProblem("expected one of: \(group.joined(separator: ", "))") }
        throw UsageProblem("unknown command '\(first)', expected one of: \(names.joined(separator: ", "))")
    }

    /// An error in the words of a line for the operator.
    ///
    /// When libpq cannot read a connection string, its message quotes all of it, the password included. The messages
    /// about a server that it tried to reach are safe to show.
    static func description(of error: any Error, in command: CommandHelp?) -> String {
        if let error = error as? DatabaseError, error.sqlState == "42501" {
            return "\(error): the user in DATABASE_URL lacks a right that "
                + "\(command?.group ?? "another role") has, see sql/roles.sql"
        }
        guard let error = error as? DatabaseError, error.statement == "connect",
            !error.message.hasPrefix("connection to server"), !error.message.hasPrefix("could not ")
        else { return String(describing: error) }
        return "database unavailable: libpq cannot use DATABASE_URL, expected a URI such as postgres://user@host/plane"
    }
}
