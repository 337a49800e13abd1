import Base

/// A date or an instant as people write it in a form or in an address.
struct Moment: Sendable, Equatable {
    static let expected = "a date such as 2026-11-01 or a time such as 2026-11-01T08:00:00Z"

    let beginning: Timestamp
    /// The first instant after it: a date ends with its day, in UTC.
    let end: Timestamp

    /// Nil for any other text.
    init?(_ text: String) {
        if let time = Timestamp(iso: text) {
            (beginning, end) = (time, time)
        } else if Self.isDate(text), let day = Timestamp(iso: "\(text)T00:00:00Z") {
            (beginning, end) = (day, day.before(seconds: -86_400))
        } else {
            return nil
        }
    }

    /// Whether a field for dates can show it.
    static func isDate(_ text: String) -> Bool {
        text.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) != nil
    }
}
