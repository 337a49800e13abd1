/// Why something that was asked for by its name cannot be shown: one line for whoever asked.
package struct LookupFailure: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
