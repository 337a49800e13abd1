import Base
import Database
import JSON

/// What came and went of late.
struct Throughput: Sendable, Equatable {
    struct Counts: Sendable, Equatable {
        var received = 0
        var completed = 0
        var failed = 0
    }

    struct Minute: Sendable, Equatable {
        let start: Timestamp
        let counts: Counts
    }

    /// The minute that runs and those before it, newest first, quiet ones too.
    let minutes: [Minute]
    /// In the last 60 seconds.
    let lastMinute: Counts
    /// In the last 300 seconds.
    let lastFiveMinutes: Counts

    var minutesJSON: JSONValue {
        .array(
            minutes.map { minute in
                .members([("minute", .string(minute.start.description))] + minute.counts.members { .int($0) })
            }
        )
    }

    /// Per second.
    var ratesJSON: JSONValue {
        .object([
            "last_minute": .members(lastMinute.members { .double(Double($0) / 60) }),
            "last_5_minutes": .members(lastFiveMinutes.members { .double(Double($0) / 300) }),
        ])
    }
}

extension Throughput.Counts {
    init(row: Row, suffix: String) throws {
        received = try row.get("received\(suffix)")
        completed = try row.get("completed\(suffix)")
        failed = try row.get("failed\(suffix)")
    }

    static func + (lhs: Self, rhs: Self) -> Self {
        Self(
            received: lhs.received + rhs.received,
            completed: lhs.completed + rhs.completed,
            failed: lhs.failed + rhs.failed
        )
    }

    fileprivate func members(_ value: (Int) -> JSONValue) -> [(String, JSONValue)] {
        [("received", value(received)), ("completed", value(completed)), ("failed", value(failed))]
    }
}
