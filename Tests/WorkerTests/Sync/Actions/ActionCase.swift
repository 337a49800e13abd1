import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Worker

/// One delivery, what was synced before it, and all that it changes of what Plane shows.
struct ActionCase: Sendable, CustomTestStringConvertible {
    struct Delivery: Sendable {
        let event: EventType
        let payload: [UInt8]
    }

    let action: String
    /// Which of several cases of one action it is.
    let variant: String?
    let before: [Delivery]
    let delivery: Delivery
    let difference: [String]
    /// A part of the event's result.
    let result: String
    var settings: String?

    init(
        _ event: EventType,
        _ action: String,
        _ variant: String? = nil,
        after before: [Delivery],
        payload: [UInt8],
        result: String,
        _ difference: [String],
        settings: String? = nil
    ) {
        self.action = action
        self.variant = variant
        self.before = before
        delivery = Delivery(event: event, payload: payload)
        self.result = result
        self.difference = difference
        self.settings = settings
    }

    var event: EventType { delivery.event }

    var testDescription: String {
        ["\(event.rawValue).\(action)", variant].compactMap(\.self).joined(separator: ", ")
    }
}
