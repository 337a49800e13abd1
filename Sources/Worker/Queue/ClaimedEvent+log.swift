import Foundation
import Shared

extension ClaimedEvent {
    /// What every line about it carries.
    var logKeys: Log.Keys {
        [.eventID: id.text, .deliveryID: deliveryID, .event: type, .attempt: retries + 1]
    }
}

extension Claim {
    func logKeys(of event: UUID) -> Log.Keys {
        events.first { $0.id == event }?.logKeys ?? [.eventID: event.text]
    }
}
