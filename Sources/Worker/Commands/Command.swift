/// One thing an operator can ask of plane-worker.
protocol Command: Sendable {
    static var help: CommandHelp { get }

    /// - Throws: what is wrong with the command line.
    init(_ arguments: Arguments) throws(UsageProblem)

    func run(in context: CommandContext) async throws
}

extension Command {
    static func parse(_ words: [String]) throws(UsageProblem) -> Self {
        try Self(Arguments(words, command: help.name, options: help.options, positional: help.positional))
    }
}
