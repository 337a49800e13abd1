/// Why a body cannot be used: the field and what was expected, never the value.
package struct PayloadProblem: Error, Equatable, CustomStringConvertible {
    package let description: String

    /// The body fits its event and names no repository.
    package static let noRepository = PayloadProblem("repository: missing")

    /// What stands at `path` has no meaning at all: no JSON, or half of a surrogate pair.
    package static func noValue(at path: String) -> PayloadProblem {
        PayloadProblem("\(path): not a value this field can hold")
    }

    package init(_ description: String) { self.description = description }
}
