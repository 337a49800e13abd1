import Base

/// How long ago something was, in the largest unit that says enough.
package struct Age: Sendable, Equatable {
    package let seconds: Int

    package init(seconds: Int) { self.seconds = seconds }

    package init(from earlier: Timestamp, to later: Timestamp) {
        seconds = Int((later.microseconds - earlier.microseconds) / 1_000_000)
    }

    /// `12s`, `3m`, `5h`, `2d`; a time in the future, by a clock that runs behind, is `0s`.
    package var text: String {
        switch max(seconds, 0) {
        case ..<60: "\(max(seconds, 0))s"
        case ..<3_600: "\(seconds / 60)m"
        case ..<86_400: "\(seconds / 3_600)h"
        default: "\(seconds / 86_400)d"
        }
    }
}
