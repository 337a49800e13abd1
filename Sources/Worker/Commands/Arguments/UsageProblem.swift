/// A command line that cannot be used: one line naming the option, the value and what was expected.
struct UsageProblem: Error, Equatable, CustomStringConvertible {
    let description: String
    /// Where the help that answers it is: nil for the program's own.
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
