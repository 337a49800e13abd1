import Base
import Database
import Foundation
import GitHub
import JSON

extension Delivery {
    /// Checks a body against the event that it was delivered as: nothing is stored without that.
    ///
    /// - Throws: what does not fit; `noRepository` if the body fits and names no repository.
    package init(
        _ document: JSONDocument,
        event: EventType,
        deliveryID: String,
        id: UUID,
        received: Date
    ) throws(PayloadProblem) {
        let payload = try Payload(document, event: event)
        self.init(
            id: id,
            deliveryID: deliveryID,
            event: event,
            action: payload.action,
            repositoryID: payload.repository.id,
            repositoryName: payload.repository.fullName,
            subject: payload.subject,
            received: received,
            payload: JSONText(document.bytes)
        )
    }

    /// Whether a text may be the id of a delivery; GitHub's are UUIDs, and nothing here relies on that.
    package static func isID(_ text: String) -> Bool { text.isPrintableASCII(upTo: 100) }
}
