import Base
import Inspect

/// The stretch of time that figures are of, and what one bar of a chart stands for.
struct AnalyticsRange: Sendable, Equatable {
    /// A stretch that ends now.
    enum Preset: String, Sendable, CaseIterable {
        case hour = "1h", day = "24h", week = "7d", month = "30d", year = "365d"

        fileprivate var seconds: Int64 {
            switch self {
            case .hour: 3_600
            case .day: 86_400
            case .week: 7 * 86_400
            case .month: 30 * 86_400
            case .year: 365 * 86_400
            }
        }
    }

    /// Nil for a stretch with a beginning and an end of its own.
    let preset: Preset?
    let since: Timestamp
    /// The stretch ends before it.
    let until: Timestamp
    /// As they were given.
    let from: String?
    let to: String?

    /// The longest stretch, in days: ten years.
    static let mostDays: Int64 = 3_660

    /// - Throws: which field cannot be used, its value and what was expected.
    init(_ field: (String) throws(PageProblem) -> String?, now: Timestamp) throws(PageProblem) {
        from = try field("from")
        to = try field("to")
        guard from != nil || to != nil else {
            let text = try field("range") ?? Preset.week.rawValue
            guard let preset = Preset(rawValue: text) else {
                throw Self.problem("range", text, Preset.allCases.map(\.rawValue).joined(separator: ", "))
            }
            self.preset = preset
            since = now.before(seconds: preset.seconds)
            until = now
            hasHours = Self.hasHours(since, now)
            return
        }
        preset = nil
        guard let from else { throw PageProblem(400, "Not understood", "The field from is missing.") }
        guard let start = Moment(from) else { throw Self.problem("from", from, Moment.expected) }
        since = start.beginning
        hasHours = Self.hasHours(since, now)
        if let to {
            guard let end = Moment(to) else { throw Self.problem("to", to, Moment.expected) }
            until = end.end
        } else {
            until = now
        }
        guard since < until else { throw Self.problem("from", from, "a time before \(to ?? "now")") }
        guard until.before(seconds: Self.mostDays * 86_400) <= since else {
            throw Self.problem("from", from, "a time at most \(Number.grouped(Int(Self.mostDays))) days before the end")
        }
    }

    private static func problem(_ name: String, _ value: String, _ expected: String) -> PageProblem {
        PageProblem(400, "Not understood", "The field \(name) is '\(value)', expected \(expected).")
    }

    /// Whether the statistics still know each hour of it, and not only its days.
    private let hasHours: Bool

    private static func hasHours(_ since: Timestamp, _ now: Timestamp) -> Bool {
        now.before(seconds: 8 * 86_400) <= since
    }

    private var seconds: Int64 { (until.microseconds - since.microseconds) / 1_000_000 }

    /// What figures are counted by: a stretch has some 400 bars at most, and of what is longer ago there are whole days.
    var step: EventStatistics.Key {
        if preset == .hour { return .minute }
        return switch seconds {
        case ...(8 * 86_400) where hasHours: .hour
        case ...(400 * 86_400): .day
        default: .month
        }
    }

    /// The last hour is read from the events themselves; statistics know whole hours only.
    var filter: StatisticsFilter {
        let since = hasHours ? since : EventStatistics.Key.day.start(of: since)
        return StatisticsFilter(since: since, until: until, isExact: preset == .hour)
    }

    /// The same as fields of a link.
    var query: LinkQuery { LinkQuery(["range": preset?.rawValue, "from": from, "to": to]) }

    /// The keys that figures of this stretch may have, in order; those without events are among them.
    var keys: [String] {
        var keys: [String] = []
        var time = step.start(of: since)
        while time < until {
            keys.append(time.description)
            time = step.next(after: time)
        }
        return keys
    }

    /// `1 h`, or `2026-11-01 to 2026-12-01`.
    var words: String {
        switch preset {
        case .hour: "the last hour"
        case .day: "the last 24 hours"
        case .week: "the last 7 days"
        case .month: "the last 30 days"
        case .year: "the last 365 days"
        case nil: "\(from ?? "") to \(to ?? "now")"
        }
    }
}

extension EventStatistics.Key {
    /// `minute`, as a page says it.
    var unit: String {
        switch self {
        case .minute: "minute"
        case .hour: "hour"
        case .day: "day"
        case .month: "month"
        case .repository: "repository"
        case .type: "type"
        }
    }

    private var seconds: Int64 {
        switch self {
        case .minute: 60
        case .hour: 3_600
        default: 86_400
        }
    }

    /// The minute, hour, day or month, in UTC, that a time is in.
    fileprivate func start(of time: Timestamp) -> Timestamp {
        if self == .month, let first = Timestamp(iso: "\(time.description.prefix(7))-01T00:00:00Z") { return first }
        let length = seconds * 1_000_000
        let past = time.microseconds % length
        return Timestamp(microseconds: time.microseconds - (past < 0 ? past + length : past))
    }

    fileprivate func next(after start: Timestamp) -> Timestamp {
        // No month has more than 31 days, and 32 days after its first one lies in the next.
        self == .month ? self.start(of: start.before(seconds: -32 * 86_400)) : start.before(seconds: -seconds)
    }
}
