import Base
import Deliveries
import Foundation
import HTTP

/// The event and the id of a delivery, as its header fields give them.
///
/// Neither is covered by the signature, so both are held to printable characters before anything uses them.
struct DeliveryHeaders: Sendable, Equatable {
    struct Problem: Error, Equatable {
        let description: String
    }

    let event: String
    let deliveryID: String

    init(_ fields: HTTPFields) throws(Problem) {
        event = try Self.only("X-GitHub-Event", fields)
        deliveryID = try Self.only("X-GitHub-Delivery", fields)
        guard event.isPrintableASCII(upTo: 64) else {
            throw Problem(description: "X-GitHub-Event must be 1 to 64 printable ASCII characters.")
        }
        guard Delivery.isID(deliveryID) else {
            throw Problem(description: "X-GitHub-Delivery must be 1 to 100 printable ASCII characters.")
        }
    }

    private static func only(_ name: String, _ fields: HTTPFields) throws(Problem) -> String {
        let values = fields.all(name)
        guard values.count == 1 else { throw Problem(description: "\(name) must be given exactly once.") }
        return values[0]
    }

    /// Whether the event is spelled as GitHub spells them, so that an answer may repeat it.
    var hasEventName: Bool {
        event.utf8.allSatisfy { $0.isWord && $0 == $0.lowercased }
    }
}

/// The two forms in which GitHub sends a delivery.
enum ContentType: Equatable {
    case json
    /// `payload=<percent-encoded JSON>`, the default of hooks made through GitHub's API.
    case form

    /// Nil unless there is exactly one Content-Type, one of the two, whose charset is absent or UTF-8.
    init?(_ fields: HTTPFields) {
        let values = fields.all("content-type")
        guard values.count == 1 else { return nil }
        // What GitHub sends needs no further look.
        if values[0] == "application/json" {
            self = .json
            return
        }
        let parts = values[0].split(separator: ";", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
        guard parts.dropFirst().allSatisfy(Self.isAcceptable) else { return nil }
        switch parts[0] {
        case "application/json": self = .json
        case "application/x-www-form-urlencoded": self = .form
        default: return nil
        }
    }

    /// Any parameter but a charset other than UTF-8.
    private static func isAcceptable(parameter: String) -> Bool {
        guard parameter.hasPrefix("charset") else { return true }
        return ["charset=utf-8", "charset=\"utf-8\""].contains(parameter)
    }
}
