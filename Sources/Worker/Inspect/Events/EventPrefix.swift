import Base
import Database
import Foundation

/// The beginning of an event's id, as lists on a terminal show it.
package struct EventPrefix: Sendable, Equatable {
    /// The time and the count within a millisecond, which differ from event to event of one process.
    package static let length = 18
    private static let pattern = "00000000-0000-0000-0000-000000000000"
    /// From this length on a text that begins an id is not the beginning of a delivery id by chance.
    fileprivate static let distinctive = 9

    /// The lowest and the highest id that begin like this.
    package let first: UUID
    package let last: UUID

    /// Nil for a text that is a whole id, or cannot begin one.
    package init?(_ text: String) {
        guard text.count < Self.pattern.count else { return nil }
        let isHex = zip(text, Self.pattern).allSatisfy { $1 == "-" ? $0 == "-" : $0.isHexDigit && $0.isASCII }
        let rest = Self.pattern.dropFirst(text.count)
        guard isHex, let first = UUID(uuidString: text + rest),
            let last = UUID(uuidString: text + rest.replacing("0", with: "f"))
        else { return nil }
        self.first = first
        self.last = last
    }
}

/// An event that a beginning may stand for.
private struct EventCandidate: RowDecodable, Hashable {
    let id: UUID
    let deliveryID: String

    init(row: Row) throws {
        id = try row.get("id")
        deliveryID = try row.get("delivery_id")
    }

    var words: String { "\(id.text) (delivery \(deliveryID))" }
}

extension Connection {
    /// The one event whose id or delivery id begins like this; nil when there is none.
    ///
    /// The primary key finds the ids that lists show. The delivery ids are looked through one by one, so only where
    /// that finds nothing, or where a short text may be meant as either.
    /// - Throws: `LookupFailure` when several do.
    package func id(beginningWith text: String) throws -> UUID? {
        guard !text.isEmpty else { return nil }
        var found = Set<EventCandidate>()
        let prefix = EventPrefix(text)
        if let prefix { found.formUnion(try candidates("id between \(prefix.first) and \(prefix.last)")) }
        if found.isEmpty || text.count < EventPrefix.distinctive {
            found.formUnion(try candidates("starts_with(delivery_id, \(text))"))
        }
        guard found.count > 1 else { return found.first?.id }
        let names = found.map(\.words).sorted().prefix(Self.named).joined(separator: ", ")
        let rest = found.count > Self.named ? " and others" : ""
        throw LookupFailure("several events begin with '\(text)': \(names)\(rest), give more of the id")
    }

    /// The one event with this id or delivery id, or whose id or delivery id begins like this; nil when there is none.
    /// - Throws: `LookupFailure` when several begin so.
    package func event(beginningWith text: String) throws -> EventRecord? {
        if let event = try event(text) { return event }
        return try id(beginningWith: text).flatMap { try event($0.text) }
    }

    /// How many candidates are named.
    private static var named: Int { 3 }

    private func candidates(_ condition: Query) throws -> [EventCandidate] {
        try run(
            """
            select id, delivery_id from github_sync.github_webhook_events where \(condition)
            order by id limit \(Self.named + 1)
            """,
            as: EventCandidate.self
        )
    }
}
