import Base

/// What GitHub says about the primary rate limit with nearly every answer.
package struct RateLimit: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// Calls in an hour.
        case primary
        /// Calls at once, in a minute, or that create something.
        case secondary
        /// Our own, for all workers together: it keeps calls apart, and some calls back for what is more urgent.
        case own
    }

    /// Calls in an hour.
    package let limit: Int
    package let remaining: Int
    package let resetsAt: Timestamp
    /// When GitHub's clock said so; nil if the answer has no date.
    let answeredAt: Timestamp?
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
        answeredAt = fields["date"].flatMap(HTTPDate.init)?.timestamp
        resource = fields["x-ratelimit-resource"] ?? "core"
    }

    private static let year10000: Int64 = 253_402_300_800
}

/// That GitHub refused a call because of one of its limits.
struct RateLimitRefusal: Sendable, Equatable {
    let kind: RateLimit.Kind
    /// The seconds to wait before the next call, where GitHub says so.
    let wait: Int64?

    /// The longest wait that is believed, and GitHub's advice where it names none.
    private static let longest: Int64 = 86_400
    static let unnamed: Int64 = 60

    /// Nil for every answer that is about something else.
    init?(_ answer: HTTPAnswer, now: Timestamp) {
        guard answer.status == 403 || answer.status == 429 else { return nil }
        let limits = RateLimit(answer.fields)
        let isUsedUp = limits?.remaining == 0
        let retryAfter = answer.fields["retry-after"]
        let words = GitHubError.words(answer.body)?.lowercased() ?? ""
        let isSecondary = words.contains("secondary rate limit") || words.contains("abuse")
        guard answer.status == 429 || retryAfter != nil || isUsedUp || isSecondary || words.contains("rate limit")
        else { return nil }
        kind = isUsedUp && !isSecondary ? .primary : .secondary
        if retryAfter != nil {
            wait = Self.retryAfter(answer.fields, now: now)
        } else if isUsedUp, let limits {
            // The window ends within the second that it names.
            let end = limits.resetsAt.microseconds / 1_000_000 + 1
            wait = Self.believed(end - Self.clock(answer.fields, now))
        } else {
            wait = nil
        }
    }

    func error(at now: Timestamp) -> GitHubError {
        .rateLimited(until: now.later(bySeconds: wait ?? Self.unnamed), kind)
    }

    /// The seconds that a Retry-After field asks for (RFC 9110, section 10.2.3); nil without a readable one.
    static func retryAfter(_ fields: AnswerFields, now: Timestamp) -> Int64? {
        guard let text = fields["retry-after"] else { return nil }
        let wait = Int64(text) ?? HTTPDate(text).map { $0.secondsSince1970 - clock(fields, now) }
        return wait.map(believed)
    }

    /// GitHub's clock and ours may differ, so what counts is how far a time is from GitHub's own, in seconds.
    private static func clock(_ fields: AnswerFields, _ now: Timestamp) -> Int64 {
        fields["date"].flatMap(HTTPDate.init)?.secondsSince1970 ?? now.microseconds / 1_000_000
    }

    static func believed(_ seconds: Int64) -> Int64 { min(max(seconds, 1), longest) }
}

/// A time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
struct HTTPDate {
    let secondsSince1970: Int64

    var timestamp: Timestamp { Timestamp(microseconds: secondsSince1970 * 1_000_000) }

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
