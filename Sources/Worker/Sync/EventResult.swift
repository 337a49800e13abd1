import Foundation
import Shared

/// What became of an event, in words a person understands; stored in the event's `result`.
struct EventResult: Sendable, Equatable, Encodable {
    enum Outcome: String, Sendable, Encodable {
        /// Plane shows what the delivery said.
        case applied
        /// Something newer was there already.
        case superseded
        /// Nothing to do with it.
        case ignored
    }

    struct Project: Sendable, Equatable, Encodable {
        let project: String
        /// Plane's issue, as in `GH-12`; nil when there is none.
        var issue: String?
        let changes: [String]
    }

    let outcome: Outcome
    var reason: String?
    var projects: [Project] = []

    static func ignored(_ reason: String) -> EventResult { EventResult(outcome: .ignored, reason: reason) }

    /// JSON for the `result` column.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
