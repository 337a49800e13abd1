import Base
import Database
import Foundation
import Text

/// What the sync wrote over in Plane, and where it moved an issue.
///
/// Plane saves whole rows as it read them a moment before, and so may undo what the sync wrote in between. What looks like
/// an edit is none if it is just what was written over, shortly after, and no activity names the field.
package struct Replaced: Sendable, Equatable, Codable {
    /// Hashes of what was there; of the text, of what it says, because the editor may write it anew before anybody looks.
    var name: Bytes?
    var text: Bytes?
    /// The states before and after.
    var state: UUID?
    package private(set) var newState: UUID?

    /// Nil when nothing was written over.
    init?(_ edit: IssueEdit, over plane: PlaneIssue) {
        guard edit.name != nil || edit.text != nil || edit.stateID != nil else { return nil }
        if edit.name != nil { name = .hash(of: plane.name) }
        if edit.text != nil, let html = plane.html { text = Self.hash(ofText: html) }
        if edit.stateID != nil { (state, newState) = (plane.stateID, edit.stateID) }
    }

    package func isName(_ name: String) -> Bool { self.name == .hash(of: name) }
    package func isText(_ html: String) -> Bool { text == Self.hash(ofText: html) }
    package func isState(_ id: UUID?) -> Bool { state != nil && state == id }

    private static func hash(ofText html: String) -> Bytes { .hash(of: EditorHTML.fingerprint(html)) }

    /// As JSON.
    var document: String? { (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } }
}
