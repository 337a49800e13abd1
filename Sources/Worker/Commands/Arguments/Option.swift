/// One option a command understands.
struct Option: Sendable, Equatable {
    /// With its dashes: `--limit`.
    let name: String
    /// What stands for the value in the help, such as `N`; nil for a switch.
    let value: String?
    let meaning: String
    /// Whether it may be given several times, with a value each.
    let isRepeatable: Bool

    /// An option with a value.
    init(_ name: String, _ value: String, _ meaning: String, isRepeatable: Bool = false) {
        self.name = name
        self.value = value
        self.meaning = meaning
        self.isRepeatable = isRepeatable
    }

    /// A switch.
    init(_ name: String, _ meaning: String) {
        self.name = name
        self.value = nil
        self.meaning = meaning
        isRepeatable = false
    }
}
