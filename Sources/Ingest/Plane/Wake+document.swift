import Base
import Foundation
import JSON
import Store

extension Wake {
    /// Plane's events that wake, and what each is about.
    private static let kinds: KeyValuePairs<String, Kind> = ["issue": .issue, "issue_comment": .comment]
    static let events = kinds.map(\.key)

    /// Reads from the body of a request which object has changed; nil when it is neither issue nor comment.
    ///
    /// What the object is now is not read: that may be old by the time somebody looks.
    init?(_ document: JSONDocument) throws(PayloadProblem) {
        let body = try JSONObject(document)
        let event = try body.text("event")
        guard let kind = Self.kinds.first(where: { $0.key == event })?.value else { return nil }
        self.init(kind, try body.object("data").uuid("id"))
    }
}

extension JSONObject {
    fileprivate func uuid(_ name: StaticString) throws(PayloadProblem) -> UUID {
        let id = Array(try exactText(name).utf8).withUnsafeBufferPointer { UUID(text: $0) }
        guard let id else { throw problem(with: name, "expected a UUID") }
        return id
    }
}
