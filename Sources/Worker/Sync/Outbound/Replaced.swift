import Base
import Database
import Foundation
import Text

/// What the sync wrote over in Plane, field by field, and where it moved an issue.
///
/// Plane saves whole rows as it read them a moment before, and so may undo what the sync wrote in between. What looks like
/// an edit is none if it is just what was written over, shortly before, and no activity has named the field since.
package struct Replaced: Sendable, Equatable, Codable {
    private struct Past<Value: Codable & Sendable & Equatable>: Sendable, Equatable, Codable {
        /// The newest first; `github_sync.with_replaced` adds those that were there before.
        let was: [Value]
        var left: Value?
    }

    // The names of the fields are those that Plane's activities have.
    private var name: Past<Bytes>?
    /// Hashes of what a text says, because the editor may write it anew before anybody looks.
    private var description: Past<Bytes>?
    private var state: Past<UUID>?

    /// Nil when nothing was written over.
    init?(_ edit: IssueEdit, over plane: PlaneIssue) {
        if edit.name != nil { name = Past(was: [.hash(of: plane.name)]) }
        if edit.text != nil, let html = plane.html { description = Past(was: [Self.hash(ofText: html)]) }
        if let new = edit.stateID, let old = plane.stateID { state = Past(was: [old], left: new) }
        if name == nil, description == nil, state == nil { return nil }
    }

    package func hadName(_ name: String) -> Bool { self.name?.was.contains(.hash(of: name)) ?? false }
    package func hadText(_ html: String) -> Bool { description?.was.contains(Self.hash(ofText: html)) ?? false }
    package func hadState(_ id: UUID?) -> Bool { id.map { state?.was.contains($0) ?? false } ?? false }

    /// The state that the sync moved the issue to.
    package var newState: UUID? { state?.left }

    private static func hash(ofText html: String) -> Bytes { .hash(of: EditorHTML.fingerprint(html)) }

    /// As JSON.
    var document: String? { (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } }
}
