import Testing

@testable import Base
@testable import Worker

struct ArgumentsTimeTests {
    private let now = Timestamp(microseconds: 1_800_000_000_000_000)

    @Test(arguments: [("90s", 90), ("15m", 900), ("1h", 3_600), ("7d", 604_800), ("3660d", 316_224_000)])
    func `an age counts back from now`(_ text: String, _ seconds: Int64) {
        #expect(Timestamp(ageOrTime: text, now: now)?.microseconds == now.microseconds - seconds * 1_000_000)
    }

    @Test(arguments: ["2026-01-01T00:00:00Z", "2026-01-01T05:30:00+05:30", "2026-01-01 00:00:00Z"])
    func `a time is taken as it is`(_ text: String) {
        #expect(Timestamp(ageOrTime: text, now: now) == Timestamp(iso: "2026-01-01T00:00:00Z"))
    }

    @Test(arguments: [
        "", "h", "0h", "-1h", "+1h", "1", "1w", "1.5h", "1 h", "1H", "3661d", "9223372036854775807d", "２h",
        "2026-01-01", "2026-13-01T00:00:00Z", "yesterday",
    ])
    func `anything else is refused`(_ text: String) {
        #expect(Timestamp(ageOrTime: text, now: now) == nil)
    }
}
