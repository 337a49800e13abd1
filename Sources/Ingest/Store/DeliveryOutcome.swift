import Base
import Deliveries
import Foundation

/// What became of a delivery or a wake-up; how its sender is told is not decided here.
package enum DeliveryOutcome: Sendable, Equatable {
    /// What is wrong with a delivery; the raw value is the code of the error that its sender gets.
    package enum Fault: String, Sendable {
        case header = "bad_header"
        case form = "bad_form"
        case json = "bad_json"
        case payload = "bad_payload"
        /// PostgreSQL would not store this one.
        case refused = "not_storable"
    }

    /// It is safe in the database or in the spool, under this event id.
    case accepted(UUID)
    /// It had come before and is stored under this event id.
    case duplicate(UUID)
    /// It had come before and failed; now the event with this id is pending again.
    case requeued(UUID)
    /// It was a wake-up, which is in the database.
    case noted
    case ping
    /// It is not stored; `event` is its name where that can go into an answer as it is.
    case ignored(event: String?, reason: String)
    case unauthorized
    case unsupportedContentType
    case invalid(Fault, detail: String)
    /// No project follows its repository.
    case notConnected
    /// Too many bytes are in flight already.
    case overloaded
    /// Nothing could store it in time.
    case unavailable
}

extension DeliveryOutcome {
    /// The outcome as metrics and log lines show it.
    package enum Status: String, Sendable, CaseIterable {
        case accepted, duplicate, requeued, ignored, ping, unauthorized, invalid, unavailable
        case notConnected = "not_connected"
        /// The HTTP server refused the body for its size, so the request did not become a delivery.
        case tooLarge = "too_large"
    }

    package var status: Status {
        switch self {
        case .accepted, .noted: .accepted
        case .duplicate: .duplicate
        case .requeued: .requeued
        case .ping: .ping
        case .ignored: .ignored
        case .unauthorized: .unauthorized
        case .unsupportedContentType, .invalid: .invalid
        case .notConnected: .notConnected
        case .overloaded, .unavailable: .unavailable
        }
    }

    /// The event that holds the delivery.
    var eventID: UUID? {
        switch self {
        case .accepted(let id), .duplicate(let id), .requeued(let id): id
        default: nil
        }
    }
}

extension Delivery {
    /// What every log line about it carries, with what became of it.
    package func logKeys(of outcome: DeliveryOutcome) -> Log.Keys {
        var keys = logKeys
        keys[.status] = outcome.status.rawValue
        if let row = outcome.eventID, row != id { keys[.storedAs] = row.text }
        return keys
    }
}
