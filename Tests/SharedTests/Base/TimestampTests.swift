import Base
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", Int64(0)),
        ("2026-03-02T10:30:00Z", 1_772_447_400_000_000),
        ("2026-03-02 10:30:00+00", 1_772_447_400_000_000),
        ("2026-03-02T16:00:00.123456+05:30", 1_772_447_400_123_456),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
        ("1969-12-31T23:59:59.5Z", -500_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
    ])
    func `a time is read to the microsecond`(text: String, microseconds: Int64) {
        #expect(Timestamp(iso: text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "yesterday", "1772355600", "2026-03-02", "2026-03-02T10:30:00", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T10:60:00Z", "2026-03-02T10:30:00Zx",
        "2026-03-02T10:30:00.Z", " 2026-03-02T10:30:00Z", "0000-01-01T00:00:00Z", "2026-03-02T10:30:00+99:00",
    ])
    func `anything else is no time`(text: String) {
        #expect(Timestamp(iso: text) == nil)
    }

    @Test(arguments: ["2026-03-02T10:30:00Z", "2026-03-02T10:30:00.000001Z", "1969-12-31T23:59:59.500000Z"])
    func `a time is written as it is read`(text: String) {
        #expect(Timestamp(iso: text)?.description == text)
    }
}
