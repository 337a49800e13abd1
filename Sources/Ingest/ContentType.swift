import Foundation
import HTTP

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
