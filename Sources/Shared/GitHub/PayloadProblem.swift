/// Why a body cannot be used: the field and what was expected, never the value.
package struct PayloadProblem: Error, Equatable, CustomStringConvertible {
    package let description: String

    /// The body fits its event and names no repository.
    package static let noRepository = PayloadProblem("repository: missing")

    init(_ description: String) { self.description = description }
}
