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

    /// What Plane has no field for.
    struct Kept: Sendable, Equatable, Encodable {
        let milestone: String?
        let type: String?
        let locked: Bool?
        let pinned: Bool?

        var isEmpty: Bool { milestone == nil && type == nil && locked == nil && pinned == nil }
    }

    /// A GitHub account that is no Plane user.
    struct Person: Sendable, Equatable, Encodable {
        let id: Int64
        let login: String
    }

    let outcome: Outcome
    var reason: String?
    var projects: [Project] = []
    var unmapped: [Person]?
    var kept: Kept?

    static func ignored(_ reason: String) -> EventResult { EventResult(outcome: .ignored, reason: reason) }

    /// JSON for the `result` column.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: Self.withoutNUL(try encoder.encode(self)), as: UTF8.self)
    }

    /// `jsonb` refuses U+0000, which a name of GitHub's may hold; the encoder writes it as `\u0000`.
    private static func withoutNUL(_ json: Data) -> [UInt8] {
        var rest = Array(json)[...]
        guard json.range(of: Data(#"\u0000"#.utf8)) != nil else { return Array(rest) }
        var kept: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                kept.append(byte)
                continue
            }
            if rest.starts(with: "u0000".utf8) {
                rest = rest.dropFirst(5)
            } else {
                // With what it escapes, which may be another backslash.
                kept += [byte] + (rest.popFirst().map { [$0] } ?? [])
            }
        }
        return kept
    }
}
