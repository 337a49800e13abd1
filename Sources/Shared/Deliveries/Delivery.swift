import Base
import Database
import Foundation
import GitHub

/// A delivery that is to be stored, or what was read from GitHub's API in the same form.
package struct Delivery: Sendable, Equatable {
    /// Of the event that it becomes; the order of these ids is the order of receipt.
    package let id: UUID
    package let deliveryID: String
    package let event: EventType
    package let action: String
    /// GitHub's.
    package let repositoryID: Int64
    /// `owner/name`.
    package let repositoryName: String
    package let subject: DeliverySubject
    package let received: Date
    /// The JSON as it came; of a form the decoded text.
    package let payload: JSONText

    package init(
        id: UUID,
        deliveryID: String,
        event: EventType,
        action: String,
        repositoryID: Int64,
        repositoryName: String,
        subject: DeliverySubject = DeliverySubject(),
        received: Date,
        payload: JSONText
    ) {
        self.id = id
        self.deliveryID = deliveryID
        self.event = event
        self.action = action
        self.repositoryID = repositoryID
        self.repositoryName = repositoryName
        self.subject = subject
        self.received = received
        self.payload = payload
    }

    /// What every log line about it carries.
    package var logKeys: Log.Keys {
        [.eventID: id.text, .deliveryID: deliveryID, .event: event.rawValue, .repository: repositoryName]
    }
}
