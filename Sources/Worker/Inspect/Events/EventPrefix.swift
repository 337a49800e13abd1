import Base
import Database
import Foundation

/// The beginning of an event's id, as lists on a terminal show it.
package struct EventPrefix: Sendable, Equatable {
    /// The time and the count within a millisecond, which differ from event to event of one process.
    package static let length = 18
    private static let pattern = "00000000-0000-0000-0000-000000000000"
    private static let shortest = 9

    /// The lowest and the highest id that begin like this.
    package let first: UUID
    package let last: UUID

    /// Nil for a text that is too short to mean one event, is a whole id, or cannot begin an id.
    package init?(_ text: String) {
        guard text.count >= Self.shortest, text.count < Self.pattern.count else { return nil }
        let isHex = zip(text, Self.pattern).allSatisfy { $1 == "-" ? $0 == "-" : $0.isHexDigit && $0.isASCII }
        let rest = Self.pattern.dropFirst(text.count)
        guard isHex, let first = UUID(uuidString: text + rest),
            let last = UUID(uuidString: text + rest.replacing("0", with: "f"))
        else { return nil }
        self.first = first
        self.last = last
    }
}

extension Connection {
    /// The one event whose id begins like this; nil when there is none.
    /// - Throws: `LookupFailure` when several do.
    package func id(beginningWith text: String) throws -> UUID? {
        guard let prefix = EventPrefix(text) else { return nil }
        let ids: [UUID] = try run(
            """
            select id from github_sync.github_webhook_events
            where id between \(prefix.first) and \(prefix.last)
            order by id
            limit 2
            """
        ).map { try $0.get("id") }
        guard ids.count < 2 else {
            throw LookupFailure(
                "several ids begin with '\(text)', such as \(ids.map(\.text).joined(separator: " and ")): give all of it"
            )
        }
        return ids.first
    }
}
