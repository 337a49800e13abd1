/// Prints what a shell needs to complete command lines of plane-worker.
struct CompletionCommand: Command, Equatable {
    enum Shell: String, Sendable, CaseIterable { case bash, zsh, fish }

    static let help = CommandHelp(
        name: "completion",
        summary: "print shell completion for bash, zsh or fish",
        usage: "bash|zsh|fish",
        positional: "SHELL",
        positionalWords: Shell.allCases.map(\.rawValue),
        details: [
            "Completes commands, options, and values such as statuses and event types. It",
            "needs no database.",
            "",
            "For all users, bash with the package bash-completion, zsh, and fish:",
            "  plane-worker completion bash > \\",
            "      /usr/share/bash-completion/completions/plane-worker",
            "  plane-worker completion zsh > /usr/share/zsh/vendor-completions/_plane-worker",
            "  plane-worker completion fish > \\",
            "      /usr/share/fish/vendor_completions.d/plane-worker.fish",
        ],
        example: ["source <(plane-worker completion bash)"],
        usesDatabase: false
    )

    let shell: Shell

    init(_ arguments: Arguments) throws(UsageProblem) {
        guard arguments.positionals.count == 1, let shell = Shell(rawValue: arguments.positionals[0]) else {
            throw arguments.problem("expected one of: \(Shell.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.shell = shell
    }

    func run(in context: CommandContext) async throws {
        let commands = Program.commands.map { $0.help }
        switch shell {
        case .bash: try context.output.print(BashCompletion(commands).lines)
        case .zsh: try context.output.print(ZshCompletion(commands).lines)
        case .fish: try context.output.print(FishCompletion(commands).lines)
        }
    }
}
