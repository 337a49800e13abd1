/// A text that is no address of the kind expected.
package struct AddressProblem: Error, Equatable, CustomStringConvertible {
    package let text: String
    package let expected: String

    init(_ text: String, expected: String) {
        self.text = text
        self.expected = expected
    }

    package var description: String { "'\(text)' is not a valid address, expected \(expected)" }
}
