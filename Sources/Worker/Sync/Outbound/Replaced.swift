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

    /// A text, by the hash of its HTML or of what it says, because the editor may write it anew before anybody looks.
    private struct Text: Sendable, Equatable, Codable {
        let hash: Bytes
        /// Tells what it says; nil where the hash does.
        var delivery: UUID?
    }

    /// A text that the sync wrote, and a delivery that shows it on GitHub.
    struct Written {
        let hash: Bytes
        let delivery: UUID

        /// Whether the delivery is certainly still there when somebody asks what the text said.
        fileprivate var isRecent: Bool { delivery > UUID(firstAt: .now.before(seconds: 3_600)) }
    }

    // The names of the fields are those that Plane's activities have.
    private var name: Past<Bytes>?
    private var description: Past<Text>?
    private var state: Past<UUID>?

    /// Nil when nothing was written over.
    ///
    /// To read what a text says takes longer than all the rest of a sync. So what the sync itself wrote a moment ago is read
    /// only when somebody asks.
    init?(_ edit: IssueEdit, over plane: PlaneIssue, written: Written?) {
        if edit.name != nil { name = Past(was: [.hash(of: plane.name)]) }
        if edit.text != nil, let html = plane.html {
            if let written, written.isRecent, written.hash == .hash(of: html) {
                description = Past(was: [Text(hash: written.hash, delivery: written.delivery)])
            } else {
                description = Past(was: [Text(hash: Self.hash(ofText: html))])
            }
        }
        if let new = edit.stateID, let old = plane.stateID { state = Past(was: [old], left: new) }
        if name == nil, description == nil, state == nil { return nil }
    }

    package func hadName(_ name: String) -> Bool { self.name?.was.contains(.hash(of: name)) ?? false }
    package func hadText(_ html: String) -> Bool {
        guard let description else { return false }
        let hashes = [Bytes.hash(of: html), Self.hash(ofText: html)]
        return description.was.contains { hashes.contains($0.hash) }
    }

    /// The deliveries that tell what a text said.
    package var deliveries: [UUID] { description?.was.compactMap(\.delivery) ?? [] }

    /// Takes note of what a text said, by HTML that says the same.
    package mutating func add(text html: String) {
        guard let texts = description?.was else { return }
        description = Past(was: texts + [Text(hash: Self.hash(ofText: html))])
    }

    package func hadState(_ id: UUID?) -> Bool { id.map { state?.was.contains($0) ?? false } ?? false }

    /// The state that the sync moved the issue to.
    package var newState: UUID? { state?.left }

    /// The line that names the author does not count: a delivery has none.
    private static func hash(ofText html: String) -> Bytes {
        .hash(of: EditorHTML.fingerprint(Attribution.removed(from: html) ?? html))
    }

    /// As JSON.
    var document: String? { (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } }
}
