import Base
import Foundation

extension Arguments {
    static let expectedTime = "an age such as 90s, 15m, 1h, 7d or a time such as 2026-01-01T00:00:00Z"

    /// A point in the past: an age, which counts back from `now`, or a time.
    func time(_ name: String, now: Timestamp) throws(UsageProblem) -> Timestamp? {
        guard let text = string(name) else { return nil }
        guard let time = Timestamp(ageOrTime: text, now: now) else { throw invalid(name, Self.expectedTime) }
        return time
    }
}

extension Timestamp {
    /// Nothing in the database is older than ten years, and a limit keeps the arithmetic far from overflow.
    private static let oldestSeconds: Int64 = 10 * 366 * 86_400

    /// Reads an age (`90s`, `15m`, `1h`, `7d`) or ISO 8601 in UTC or with an offset; nil for any other text.
    init?(ageOrTime text: String, now: Timestamp) {
        if let time = Timestamp(iso: text) {
            self = time
            return
        }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        let number = text.dropLast()
        guard let unit = text.last.flatMap({ units[$0] }), !number.isEmpty, number.allSatisfy(\.isASCIIDigit),
            let count = Int64(number), count > 0, count <= Self.oldestSeconds / unit
        else { return nil }
        self = now.before(seconds: count * unit)
    }
}
