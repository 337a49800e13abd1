/// One option a command understands.
struct Option: Sendable, Equatable {
    /// What completes a value on the command line.
    enum Completion: Sendable, Equatable {
        case words([String])
        case file
        /// Nothing that could be known here.
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

    /// An option with a value.
    init(
        _ name: String,
        _ value: String,
        _ meaning: String,
        isRepeatable: Bool = false,
        completion: Completion = .none
    ) {
        self.init(name, value, meaning, isRepeatable, isValueOptional: false, completion)
    }

    /// An option that may have a value.
    init(_ name: String, optional value: String, _ meaning: String) {
        self.init(name, value, meaning, false, isValueOptional: true, .none)
    }

    /// A switch.
    init(_ name: String, _ meaning: String) {
        self.init(name, nil, meaning, false, isValueOptional: false, .none)
    }

    private init(
        _ name: String,
        _ value: String?,
        _ meaning: String,
        _ isRepeatable: Bool,
        isValueOptional: Bool,
        _ completion: Completion
    ) {
        self.name = name
        self.value = value
        self.meaning = meaning
        self.isRepeatable = isRepeatable
        self.isValueOptional = isValueOptional
        self.completion = completion
    }

    /// As the help writes it: `--limit N`, `--watch [SECONDS]`.
    var form: String {
        guard let value else { return name }
        return isValueOptional ? "\(name) [\(value)]" : "\(name) \(value)"
    }
}
