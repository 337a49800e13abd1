import Base

/// What GitHub says about the primary rate limit with nearly every answer.
package struct RateLimit: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// Calls in an hour.
        case primary
        /// Calls at once, in a minute, or that create something.
        case secondary
    }

    /// Calls in an hour.
    package let limit: Int
    package let remaining: Int
    package let resetsAt: Timestamp
    /// Which limit it is: `core`, `search`, `graphql`.
    package let resource: String

    /// Nil where the fields are missing or malformed, as an Enterprise Server with limits turned off sends none.
    init?(_ fields: AnswerFields) {
        guard let limit = fields["x-ratelimit-limit"].flatMap(Int.init),
            let remaining = fields["x-ratelimit-remaining"].flatMap(Int.init),
            let reset = fields["x-ratelimit-reset"].flatMap(Int64.init), (0..<Self.year10000).contains(reset)
        else { return nil }
        self.limit = limit
        self.remaining = remaining
        resetsAt = Timestamp(microseconds: reset * 1_000_000)
        resource = fields["x-ratelimit-resource"] ?? "core"
    }

    private static let year10000: Int64 = 253_402_300_800
}

extension RateLimit {
    /// The longest wait that is believed, and the wait where GitHub names none.
    private static let longest: Int64 = 86_400
    static let unnamed: Int64 = 60

    /// The error of an answer with status 403 or 429 that is about a limit; nil if a 403 is about something else.
    static func refusal(
        status: Int,
        fields: AnswerFields,
        words: String,
        now: Timestamp
    ) -> GitHubError? {
        let limits = RateLimit(fields)
        let isUsedUp = limits?.remaining == 0
        let retryAfter = fields["retry-after"]
        let words = words.lowercased()
        let isSecondary = words.contains("secondary rate limit") || words.contains("abuse")
        guard status == 429 || retryAfter != nil || isUsedUp || isSecondary || words.contains("rate limit") else {
            return nil
        }
        let until: Timestamp
        if retryAfter != nil {
            until = retryTime(fields, now: now) ?? time(in: unnamed, now)
        } else if isUsedUp, let limits {
            // The window ends within the second that it names.
            until = time(in: limits.resetsAt.microseconds / 1_000_000 - clock(fields, now) + 1, now)
        } else {
            until = time(in: unnamed, now)
        }
        return .rateLimited(until: until, isUsedUp && !isSecondary ? .primary : .secondary)
    }

    /// When the next call may be made by a Retry-After field (RFC 9110, section 10.2.3); nil without a readable one.
    static func retryTime(_ fields: AnswerFields, now: Timestamp) -> Timestamp? {
        guard let text = fields["retry-after"] else { return nil }
        let wait = Int64(text) ?? HTTPDate(text).map { $0.secondsSince1970 - clock(fields, now) }
        return wait.map { time(in: $0, now) }
    }

    /// GitHub's clock and ours may differ, so what counts is how far a time is from GitHub's own, in seconds.
    private static func clock(_ fields: AnswerFields, _ now: Timestamp) -> Int64 {
        fields["date"].flatMap(HTTPDate.init)?.secondsSince1970 ?? now.microseconds / 1_000_000
    }

    static func time(in seconds: Int64, _ now: Timestamp) -> Timestamp {
        Timestamp(microseconds: now.microseconds + min(max(seconds, 1), longest) * 1_000_000)
    }
}

/// A time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
private struct HTTPDate {
    let secondsSince1970: Int64

    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = Self.months.firstIndex(of: parts[2]),
            let time = Timestamp(iso: "\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4])Z")
        else { return nil }
        secondsSince1970 = time.microseconds / 1_000_000
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
