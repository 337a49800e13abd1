/// Completion for bash, made from what the commands declare.
struct BashCompletion: Sendable {
    private let commands: [CommandHelp]

    init(_ commands: [CommandHelp]) { self.commands = commands }

    var lines: [String] {
        let head = [
            "# Completion of plane-worker for bash, printed by: plane-worker completion bash",
            "_plane_worker() {",
            "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command words='' attached=''",
            "    COMPREPLY=()",
            "    # bash takes --option=value apart.",
            "    if [[ $current == = ]]; then",
            "        current='' attached=yes",
            "    elif [[ $before == = ]]; then",
            "        before=${COMP_WORDS[COMP_CWORD - 2]} attached=yes",
            "    fi",
            "    command=${COMP_WORDS[1]}",
            "    if ((COMP_CWORD == 1)); then",
            "        words='\(commands.firstWords.joined(separator: " ")) help version --help --version'",
            "    elif [[ $command == help || $command == manual && $current != -* ]] && ((COMP_CWORD == 2)); then",
            "        words='\(commands.firstWords.joined(separator: " "))'",
        ]
        let groups = self.groups.flatMap { group, rest in
            [
                "    elif [[ $command == \(group) ]] && ((COMP_CWORD == 2)); then",
                "        words='\(rest.joined(separator: " ")) --help'",
            ]
        }
        let middle = ["    else"] + (self.groups.isEmpty ? [] : groupJoin) + ["        case \"$command $before\" in"]
        let values = commands.flatMap(values)
        let options = commands.map { command in
            let words = command.options.map(\.name) + ["--help"]
            let positional = command.positionalWords.joined(separator: " ")
            return
                "                \(quoted(command.name))) words='\(words.joined(separator: " "))' others='\(positional)' ;;"
        }
        let tail =
            [
                "            *)",
                "                [[ -z $attached ]] || return 0",
                "                local others=''",
                "                case $command in",
            ] + options.map { "    \($0)" } + [
                "                esac",
                "                if [[ -n $others && $current != -* ]]; then words=$others; fi",
                "                ;;",
                "        esac",
                "    fi",
                "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")",
                "}",
                "complete -F _plane_worker plane-worker plane-admin",
                "complete -W 'help version manual --help --version' plane-ingest",
            ]
        return head + groups + middle + values + tail
    }

    /// Commands of two words, by their first.
    private var groups: [(group: String, rest: [String])] {
        commands.firstWords.map { ($0, commands.group($0).map { $0.words[1] }) }.filter { !$0.1.isEmpty }
    }

    private var groupJoin: [String] {
        [
            "        case $command in",
            "            \(groups.map(\.group).joined(separator: " | "))) command+=\" ${COMP_WORDS[2]}\" ;;",
            "        esac",
        ]
    }

    /// A branch for each option whose next word is its value.
    private func values(of command: CommandHelp) -> [String] {
        command.options.filter { $0.value != nil && !$0.isValueOptional }.map { option in
            let pattern = quoted("\(command.name) \(option.name)")
            return switch option.completion {
            case .words(let words): "            \(pattern)) words='\(words.joined(separator: " "))' ;;"
            case .file: "            \(pattern)) mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); return 0 ;;"
            case .none: "            \(pattern)) return 0 ;;"
            }
        }
    }

    private func quoted(_ text: String) -> String { "'\(text)'" }
}
