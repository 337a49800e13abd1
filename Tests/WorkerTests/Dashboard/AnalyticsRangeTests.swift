import Base
import Inspect
import Testing

@testable import Dashboard

@Suite struct AnalyticsRangeTests {
    private static let now = Timestamp(iso: "2026-12-01T10:30:30Z") ?? .now

    private static func range(_ fields: [String: String]) throws(PageProblem) -> AnalyticsRange {
        try AnalyticsRange({ fields[$0] }, now: now)
    }

    @Test(arguments: [
        ("1h", EventStatistics.Key.minute, 61), ("24h", .hour, 25), ("7d", .hour, 169), ("30d", .day, 31),
        ("365d", .day, 366),
    ])
    func `a stretch that ends now has a bounded number of places`(
        _ name: String,
        _ step: EventStatistics.Key,
        _ count: Int
    ) throws {
        let range = try Self.range(["range": name])
        #expect(range.step == step)
        #expect(range.keys.count == count)
        #expect(range.filter.isExact == (name == "1h"))
        // Of a day that is in whole the bar shows the whole.
        #expect(range.filter.since.description.hasSuffix("T00:00:00Z") == (step == .day))
        #expect(range.query.text == "?range=\(name)")
    }

    @Test(arguments: [
        ("2026-11-29", "2026-11-29", EventStatistics.Key.hour, ["2026-11-29T00:00:00Z", "2026-11-29T23:00:00Z"]),
        ("2026-11-29T08:15:00Z", "2026-11-29T11:00:00+01:00", .hour, ["2026-11-29T08:00:00Z", "2026-11-29T09:00:00Z"]),
        // So long ago hours are no longer known.
        ("2026-11-01", "2026-11-02", .day, ["2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"]),
        ("2026-02-20", "2026-03-01", .day, ["2026-02-20T00:00:00Z", "2026-03-01T00:00:00Z"]),
        ("2024-01-31", "2025-12-31", .month, ["2024-01-01T00:00:00Z", "2025-12-01T00:00:00Z"]),
    ])
    func `a date is the whole day, and an instant is itself`(
        _ from: String,
        _ to: String,
        _ step: EventStatistics.Key,
        _ ends: [String]
    ) throws {
        let range = try Self.range(["from": from, "to": to])
        #expect(range.step == step)
        #expect([range.keys.first, range.keys.last] == ends)
        #expect(range.preset == nil)
    }

    @Test func `every month is there once, and the longest stretch has few places`() throws {
        let range = try Self.range(["from": "2016-12-01"])
        #expect(range.keys.count == 121)
        #expect(Set(range.keys).count == 121)
        #expect(try Self.range(["from": "2025-10-28", "to": "2026-12-01"]).keys.count == 400)
    }

    @Test(arguments: [
        (["range": "2h"], "The field range is '2h', expected 1h, 24h, 7d, 30d, 365d."),
        (["from": "yesterday"], "The field from is 'yesterday', expected a date such as 2026-11-01 or a time such as"),
        (["from": "2026-02-30"], "The field from is '2026-02-30', expected a date"),
        (["from": "2026-11-01", "to": "1.12.2026"], "The field to is '1.12.2026', expected a date"),
        (["to": "2026-11-01"], "The field from is missing."),
        (
            ["from": "2026-11-02", "to": "2026-11-01"],
            "The field from is '2026-11-02', expected a time before 2026-11-01."
        ),
        (["from": "2027-01-01"], "The field from is '2027-01-01', expected a time before now."),
        (["from": "1999-01-01"], "The field from is '1999-01-01', expected a time at most 3,660 days before the end."),
    ])
    func `what cannot be used is named, with what was expected`(_ fields: [String: String], _ sentence: String) {
        do throws(PageProblem) {
            _ = try Self.range(fields)
            Issue.record("accepted")
        } catch {
            #expect(error.status == 400)
            #expect(error.sentence.hasPrefix(sentence))
        }
    }
}
