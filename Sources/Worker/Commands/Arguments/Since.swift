import Base
import Foundation

/// A point in the past, given as an age (`90s`, `15m`, `1h`, `7d`) or as ISO 8601 in UTC or with an offset.
struct Since: Sendable, Equatable {
    static let expected = "an age such as 90s, 15m, 1h, 7d or a time such as 2026-01-01T00:00:00Z"
    /// Ten years: further back lies nothing, and arithmetic stays far from overflow.
    private static let maximumSeconds: Int64 = 10 * 366 * 86_400

    let time: Timestamp

    /// Nil for any other text; an age counts back from `now`.
    init?(_ text: String, now: Timestamp) {
        if let time = Timestamp(iso: text) {
            self.time = time
            return
        }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        let number = text.dropLast()
        guard let unit = text.last.flatMap({ units[$0] }), !number.isEmpty, number.allSatisfy(\.isASCIIDigit),
            let count = Int64(number), count > 0, count <= Self.maximumSeconds / unit
        else { return nil }
        time = Timestamp(microseconds: now.microseconds - count * unit * 1_000_000)
    }
}

extension Timestamp {
    static var now: Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }
}

extension Arguments {
    func since(_ name: String, now: Timestamp) throws(UsageProblem) -> Timestamp? {
        guard let text = string(name) else { return nil }
        guard let since = Since(text, now: now) else { throw invalid(name, Since.expected) }
        return since.time
    }
}
