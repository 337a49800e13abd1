import Base
import Foundation

extension ClaimedEvent {
    /// What every line about it carries.
    package var logKeys: Log.Keys {
        [.eventID: id.text, .deliveryID: deliveryID, .event: type, .attempt: retries + 1]
    }
}

extension Claim {
    package func logKeys(of event: UUID) -> Log.Keys {
        events.first { $0.id == event }?.logKeys ?? [.eventID: event.text]
    }
}
