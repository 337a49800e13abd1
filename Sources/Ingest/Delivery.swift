import Foundation
import Shared

/// A verified delivery, ready to be stored.
struct Delivery: Sendable {
    let id: UUID
    let deliveryID: String
    let event: EventType
    let action: String
    let repository: GitHubRepository
    /// The JSON as it came; of a form the decoded text.
    let payload: JSONText
    /// Keeps the bytes counted while the delivery lives.
    let reservation: ByteReservation
}
