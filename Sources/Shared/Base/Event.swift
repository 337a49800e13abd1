import Foundation
import Synchronization

/// The GitHub events that this system accepts, by their names in `X-GitHub-Event`.
package enum EventType: String, Sendable, CaseIterable {
    case issues
    case issueComment = "issue_comment"
    case pullRequest = "pull_request"
    case repository
    case label
    case milestone
    case subIssues = "sub_issues"
}

/// Makes the ids of stored deliveries: UUIDs of version 7, whose order is the order of receipt.
package final class EventIDGenerator: Sendable {
    private let last = Mutex<UInt64>(0)

    package init() {}

    /// A new id, larger than every earlier one of this process even when the clock stands still or steps back.
    ///
    /// 48 bits of milliseconds and 12 bits of sub-millisecond counter (RFC 9562, method 3), then 62 random bits.
    package func next(at date: Date = Date()) -> UUID {
        let ticks = UInt64(max(0, date.timeIntervalSince1970) * 4_096_000)  // 1/4096 ms
        let unique = last.withLock { last in
            last = max(last + 1, ticks)
            return last
        }
        let milliseconds = unique >> 12
        let high = (milliseconds << 16) | 0x7000 | (unique & 0xFFF)
        let low = (UInt64.random(in: 0...UInt64.max) >> 2) | (1 << 63)
        return UUID(high: high, low: low)
    }
}

extension UUID {
    /// The smallest id that an event received at that time can have.
    package init(firstAt time: Timestamp) {
        let milliseconds = UInt64(max(0, time.microseconds / 1000))
        self.init(high: milliseconds << 16, low: 0)
    }

    package init(high: UInt64, low: UInt64) {
        func byte(_ word: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - 8 * index)) }
        self.init(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3),
                byte(high, 4), byte(high, 5), byte(high, 6), byte(high, 7),
                byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
                byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            )
        )
    }
}
