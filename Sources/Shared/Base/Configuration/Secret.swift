/// A value that no log line, error or dump may show.
package struct Secret: Sendable, Equatable {
    private let value: String

    package init(_ value: String) {
        self.value = value
    }

    /// The value itself; call this only where it is used, never where something is printed.
    package func reveal() -> String { value }

    /// Whether nobody can find it by trying, against one captured signature: at least 20 characters, 8 different ones.
    package var isStrong: Bool { value.count >= 20 && Set(value).count >= 8 }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
