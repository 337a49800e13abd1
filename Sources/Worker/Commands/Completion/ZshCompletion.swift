/// Completion for zsh, made from what the commands declare.
struct ZshCompletion: Sendable {
    private let commands: [CommandHelp]

    init(_ commands: [CommandHelp]) { self.commands = commands }

    var lines: [String] {
        let list = commands.firstWords.map { "        '\(escaped($0)):\(escaped(commands.meaning(of: $0)))'" }
        let branches = commands.flatMap { command in
            let specifications = command.options.map(specification) + ["'--help[tell more about the command]'"]
            let positional =
                command.positionalWords.isEmpty
                ? [] : ["'1:\(command.positional ?? ""):(\(command.positionalWords.joined(separator: " ")))'"]
            return ["        '\(command.name)')", "            _arguments \\"]
                + (specifications + positional).map { "                \($0) \\" }
                + ["                && return 0", "            ;;"]
        }
        return [
            "#compdef plane-worker plane-admin",
            "# Completion of plane-worker for zsh, printed by: plane-worker completion zsh",
            "_plane-worker() {",
            "    local -a commands",
            "    commands=(",
        ] + list + [
            "        'help:tell what there is, or about a command'",
            "        'version:print the version'",
            "    )",
            "    if (( CURRENT == 2 )); then",
            "        _describe -t commands command commands",
            "        _arguments '--help[tell what there is]' '--version[print the version]'",
            "        return 0",
            "    fi",
            "    local command=$words[2]",
            "    shift words",
            "    (( CURRENT-- ))",
            "    if [[ $command == help || $command == manual && $words[CURRENT] != -* ]]; then",
            "        (( CURRENT > 2 )) || _describe -t commands command commands",
            "        return 0",
            "    fi",
        ] + commands.firstWords.flatMap(secondWord) + [
            "    case $command in"
        ] + branches + [
            "    esac",
            "}",
            "if [[ $funcstack[1] == _plane-worker ]]; then",
            "    _plane-worker \"$@\"",
            "else",
            "    compdef _plane-worker plane-worker plane-admin",
            "fi",
        ]
    }

    /// Commands of two words are told apart by the second.
    private func secondWord(of first: String) -> [String] {
        let group = commands.group(first)
        guard !group.isEmpty else { return [] }
        return [
            "    if [[ $command == \(first) ]]; then", "        if (( CURRENT == 2 )); then",
            "            local -a rest", "            rest=(",
        ]
            + group.map { "                '\(escaped($0.words[1])):\(escaped($0.summary))'" }
            + [
                "            )", "            _describe -t commands command rest", "            return 0", "        fi",
                "        command+=\" $words[2]\"", "        shift words", "        (( CURRENT-- ))", "    fi",
            ]
    }

    /// As `_arguments` reads it: `'*--accept[work on these only]:EVENT:'`.
    private func specification(_ option: Option) -> String {
        let repeats = option.isRepeatable ? "*" : ""
        let meaning = escaped(option.meaning.replacing("\n", with: " "))
        guard let value = option.value else { return "'\(repeats)\(option.name)[\(meaning)]'" }
        let action =
            switch option.completion {
            case .words(let words): "(\(words.joined(separator: " ")))"
            case .file: "_files"
            case .none: ""
            }
        let colon = option.isValueOptional ? "::" : ":"
        return "'\(repeats)\(option.name)[\(meaning)]\(colon)\(escaped(value)):\(action)'"
    }

    /// Text inside single quotes and brackets.
    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "'": result += "'\\''"
            case "[", "]", ":", "\\": result += "\\\(character)"
            default: result.append(character)
            }
        }
    }
}
