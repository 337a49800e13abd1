import Base

/// The words after a command's name, sorted into options and the rest.
///
/// An argument that is not understood is refused and never skipped: a mistyped filter would widen what a command does.
struct Arguments: Sendable, Equatable {
    let command: String
    let positionals: [String]
    private let values: [String: [String]]
    private let switches: Set<String>

    /// Sorts the words; `positional` is nil for a command that takes options only.
    init(
        _ words: [String],
        command: String,
        options: [Option],
        positional: String? = nil
    ) throws(UsageProblem) {
        func problem(_ text: String) -> UsageProblem { UsageProblem(text, command: command) }
        var positionals: [String] = []
        var values: [String: [String]] = [:]
        var switches: Set<String> = []
        var rest = words[...]
        var onlyPositionals = false
        while let word = rest.popFirst() {
            if onlyPositionals || !word.hasPrefix("-") || word == "-" {
                guard positional != nil else { throw problem("unexpected argument '\(word)'") }
                positionals.append(word)
                continue
            }
            if word == "--" {
                onlyPositionals = true
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let option = options.first(where: { $0.name == parts[0] }) else {
                let known = options.map(\.name) + ["--help"]
                throw problem("unknown option '\(parts[0])'" + known.suggestion(for: parts[0]))
            }
            guard option.isRepeatable || values[option.name] == nil, !switches.contains(option.name) else {
                throw problem("\(option.name) is given twice")
            }
            guard let placeholder = option.value else {
                guard parts.count == 1 else { throw problem("\(option.name) takes no value") }
                switches.insert(option.name)
                continue
            }
            // A word with two dashes behind an option is the next option, and the value was forgotten. A value that
            // begins with dashes is given as `--name=--x`.
            let following = rest.first.flatMap { $0.hasPrefix("--") ? nil : $0 }
            if option.isValueOptional, parts.count == 1, following == nil {
                switches.insert(option.name)
                continue
            }
            guard let value = parts.count == 2 ? parts[1] : following, !value.isEmpty else {
                throw problem("\(option.name) has no value, expected \(placeholder)")
            }
            if parts.count == 1 { rest.removeFirst() }
            values[option.name, default: []].append(value)
        }
        self.command = command
        self.positionals = positionals
        self.values = values
        self.switches = switches
    }

    func has(_ name: String) -> Bool { switches.contains(name) || values[name] != nil }

    func string(_ name: String) -> String? { values[name]?.first }

    /// All values of a repeatable option in their order.
    func strings(_ name: String) -> [String] { values[name] ?? [] }

    func requiredString(_ name: String, _ expected: String) throws(UsageProblem) -> String {
        guard let value = string(name) else { throw problem("\(name) is missing, expected \(expected)") }
        return value
    }

    func int(_ name: String, in range: ClosedRange<Int>) throws(UsageProblem) -> Int? {
        guard let text = string(name) else { return nil }
        guard text.allSatisfy(\.isASCIIDigit), let value = Int(text), range.contains(value) else {
            throw invalid(name, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func oneOf<Value: RawRepresentable & CaseIterable>(
        _ name: String,
        _ allowed: [Value] = Array(Value.allCases)
    ) throws(UsageProblem) -> Value? where Value.RawValue == String {
        guard let text = string(name) else { return nil }
        guard let value = allowed.first(where: { $0.rawValue == text }) else {
            let words = allowed.map(\.rawValue).joined(separator: ", ")
            throw invalid(name, allowed.count == 1 ? words : "one of: \(words)")
        }
        return value
    }

    /// Why the value given for `name` cannot be used.
    func invalid(_ name: String, _ expected: String) -> UsageProblem {
        invalid(name, string(name) ?? "", expected)
    }

    /// Why one of the values given for a repeatable option cannot be used.
    func invalid(_ name: String, _ value: String, _ expected: String) -> UsageProblem {
        problem("\(name) is '\(value)', expected \(expected)")
    }

    func problem(_ text: String) -> UsageProblem { UsageProblem(text, command: command) }
}

extension Arguments {
    /// Whether the output is for programs and not for people.
    var json: Bool { has(Option.json.name) }
}

extension Character {
    var isASCIIDigit: Bool { utf8.count == 1 && utf8.allSatisfy(\.isDigit) }
}

/// A command line that cannot be used: one line naming the option, the value and what was expected.
struct UsageProblem: Error, Equatable, CustomStringConvertible {
    let description: String
    /// The command whose `--help` says more; nil for that of the program.
    let command: String?

    init(_ description: String, command: String? = nil) {
        self.description = description
        self.command = command
    }

    /// The line an operator sees.
    var line: String {
        let program = ["plane-worker", command, "--help"].compactMap(\.self).joined(separator: " ")
        return "\(description) (see \(program))"
    }
}
