import Base
import Foundation
import GitHub

/// Where a snapshot comes from.
package struct Origin: Sendable, Equatable {
    let eventID: UUID
    let event: EventType
    let action: String
    let repository: GitHubRepository
    let sender: GitHubUser?
    var delta = PayloadDelta()
    /// When GitHub answered, if we read it from the API; nil of a delivery.
    var readAt: Timestamp?
    /// From receipt to the claim.
    var age: Duration = .zero
}

/// A delivery that shows objects which are synced.
struct RoutedDelivery: Sendable {
    let origin: Origin
    let snapshots: [any Snapshot]

    /// The object of a kind that the delivery shows, if it shows one.
    func snapshot<Shown: Snapshot>(_ kind: Shown.Type) -> Shown? {
        snapshots.lazy.compactMap { $0 as? Shown }.first
    }
}
