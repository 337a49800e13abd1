import Base
import Database
import Foundation

/// A text on GitHub, by the hash of its Markdown, and the same in Plane, by the hash of its HTML.
///
/// Plane's editor writes a text anew when somebody merely opens it, so another hash alone is no change.
package typealias TextAgreement = ScalarAgreement<Bytes, Bytes>

extension TextAgreement {
    /// Reads the columns `body_hash` and `plane_text_hash`, the second of which is null where nobody knows.
    package init(row: Row) throws { try self.init(row: row, intents: row.getJSONIfPresent("intents") ?? []) }

    init(row: Row, intents: [Pair]) throws {
        let pair = Pair(
            github: try row.get("body_hash"),
            plane: try row.getIfPresent("plane_text_hash") ?? Bytes.unknown
        )
        self.init(pair, intents: intents)
    }

    /// Of a text that was written in Plane and that GitHub has not shown yet.
    init(sent: [Pair]) { self.init(Pair(github: .unknown, plane: .unknown), intents: sent) }
}

extension TextAgreement {
    package func knows(source: String) -> Bool { knows(.hash(of: source)) }

    package mutating func intend(source: String, for html: String) { intend(.hash(of: source), for: .hash(of: html)) }

    /// Takes note that both sides say the same.
    package mutating func settle(html: String) { settle(on: .hash(of: html)) }

    /// Stores what is about to be sent, and on what both sides agree without a call.
    ///
    /// The answer is whether the comment is still as it was when this was decided.
    package func storing(ofComment id: UUID, in repositorySyncID: UUID, at version: UUID) -> Read<Bool> {
        Read(
            """
            update github_sync.github_comment_versions
            set intents = \(document)::jsonb, intended_at = now(), plane_text_hash = \(agreed.plane)
            where repository_sync_id = \(repositorySyncID) and comment_id = \(id) and born_in_plane
                and event_id = \(version)
            returning 1
            """
        ) { !$0.isEmpty }
    }

    /// What was sent, as JSON; nil when there is nothing.
    var document: String? {
        guard !intents.isEmpty else { return nil }
        return (try? JSONEncoder().encode(intents)).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension Bytes {
    /// The hash of no text.
    static let unknown = Bytes([])
}
