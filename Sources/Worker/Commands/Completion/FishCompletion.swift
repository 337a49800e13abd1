/// Completion for fish, made from what the commands declare.
struct FishCompletion: Sendable {
    private let commands: [CommandHelp]

    init(_ commands: [CommandHelp]) { self.commands = commands }

    var lines: [String] {
        [
            "# Completion of plane-worker for fish, printed by: plane-worker completion fish",
            "",
            "# Whether all words before the cursor are these.",
            "function __plane_worker_at",
            "    set -l words (commandline -opc)",
            "    set -e words[1]",
            "    test \"$words\" = \"$argv\"",
            "end",
            "",
            "# Whether they begin with these.",
            "function __plane_worker_in",
            "    set -l words (commandline -opc)",
            "    set -e words[1]",
            "    set -l count (count $argv)",
            "    test (count $words) -ge $count; and test \"$words[1..$count]\" = \"$argv\"",
            "end",
            "",
            "complete -c plane-worker -f",
            "complete -c plane-admin -f -w plane-worker",
            "complete -c plane-ingest -f -n __plane_worker_at -a 'help version manual'",
            "complete -c plane-ingest -n __plane_worker_at -l help -s h -d 'tell what there is'",
            "complete -c plane-ingest -n __plane_worker_at -l version -d 'print the version'",
            offer(at: "", "help", "tell what there is, or about a command"),
            offer(at: "", "version", "print the version"),
            "complete -c plane-worker -n __plane_worker_at -l help -s h -d 'tell what there is'",
            "complete -c plane-worker -n __plane_worker_at -l version -d 'print the version'",
        ] + commands.firstWords.flatMap(words) + commands.flatMap(options)
    }

    /// The command that begins with this word, or the second words there are, and both behind `help` and `manual`.
    private func words(from first: String) -> [String] {
        ["", "help", "manual"].map { offer(at: $0, first, commands.meaning(of: first)) }
            + commands.group(first).flatMap { command in
                ["", "help ", "manual "].map { offer(at: $0 + first, command.words[1], command.summary) }
            }
    }

    private func options(of command: CommandHelp) -> [String] {
        let condition = "complete -c plane-worker -n \(quoted("__plane_worker_in \(command.name)"))"
        return command.options.map { option in
            let value =
                switch option.completion {
                case _ where option.value == nil || option.isValueOptional: ""
                case .words(let words): " -x -a \(quoted(words.joined(separator: " ")))"
                case .file: " -r -F"
                case .none: " -x"
                }
            let meaning = option.meaning.replacing("\n", with: " ")
            return "\(condition) -l \(option.name.dropFirst(2))\(value) -d \(quoted(meaning))"
        }
            + ["\(condition) -l help -s h -d 'tell more about the command'"]
            + command.positionalWords.map { offer(at: command.name, $0, "") }
    }

    /// A line that offers `word` where the words before the cursor are `before`.
    private func offer(at before: String, _ word: String, _ meaning: String) -> String {
        let condition = before.isEmpty ? "__plane_worker_at" : quoted("__plane_worker_at \(before)")
        let description = meaning.isEmpty ? "" : " -d \(quoted(meaning))"
        return "complete -c plane-worker -n \(condition) -a \(word)\(description)"
    }

    private func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
