/// One option a command understands.
struct Option: Sendable, Equatable {
    /// What a shell may offer as the value of the option.
    enum Completion: Sendable, Equatable {
        case words([String])
        case file
        /// Nothing: the values are not known here.
        case none
    }

    /// With its dashes: `--limit`.
    let name: String
    /// What stands for the value in the help, such as `N`; nil for a switch.
    let value: String?
    let meaning: String
    /// Whether it may be given several times, with a value each.
    let isRepeatable: Bool
    /// Whether it may be given without its value.
    let isValueOptional: Bool
    let completion: Completion

    init(
        _ name: String,
        _ value: String?,
        _ meaning: String,
        isRepeatable: Bool = false,
        isValueOptional: Bool = false,
        completion: Completion = .none
    ) {
        self.name = name
        self.value = value
        self.meaning = meaning
        self.isRepeatable = isRepeatable
        self.isValueOptional = isValueOptional
        self.completion = completion
    }

    /// A switch.
    init(_ name: String, _ meaning: String) { self.init(name, nil, meaning) }

    /// As the help writes it: `--limit N`, `--watch [SECONDS]`.
    var form: String {
        guard let value else { return name }
        return isValueOptional ? "\(name) [\(value)]" : "\(name) \(value)"
    }
}

/// Options that mean the same in several commands.
extension Option {
    static let json = Option("--json", "one JSON object")
    static let workspace = Option("--workspace", "SLUG", "the workspace, as in its URL")
    static let project = Option("--project", "IDENTIFIER", "the project, as in its issue numbers: GH in GH-12")
    static let repository = Option("--repository", "OWNER/NAME", "the repository on GitHub")
}
