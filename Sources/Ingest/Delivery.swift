import Base
import Database
import Foundation

/// A verified delivery, ready to be stored.
struct Delivery: Sendable, Equatable {
    let id: UUID
    let deliveryID: String
    let event: EventType
    let action: String
    /// GitHub's.
    let repositoryID: Int64
    /// `owner/name`.
    let repositoryName: String
    let received: Date
    /// The JSON as it came; of a form the decoded text.
    let payload: JSONText
}
