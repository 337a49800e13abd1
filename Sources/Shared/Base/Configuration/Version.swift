import CBuild

/// A program version, compared number by number.
package struct Version: Sendable, Comparable, CustomStringConvertible {
    /// The version of both programs.
    package static let current = Version(0, 1, 0)

    /// What `--version` says of a program: `plane-worker 0.1.0`, and the commit where the build was told it.
    package static func line(of program: String) -> String {
        let commit = plane_commit().map { " (\(String(cString: $0)))" } ?? ""
        return "\(program) \(current)\(commit)"
    }

    private let numbers: [Int]

    package init(_ numbers: Int...) { self.numbers = numbers }

    /// Parses `1.2.3`; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        let numbers = parts.compactMap(\.self)
        guard numbers.count == 3, parts.count == 3, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
        self.numbers = numbers
    }

    package var description: String { numbers.map(String.init).joined(separator: ".") }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.numbers.lexicographicallyPrecedes(rhs.numbers) }
}
