import Shared

/// The event and the id of a delivery, as its header fields give them.
///
/// Neither is covered by the signature, so both are held to a narrow alphabet before anything uses them.
struct DeliveryHeaders: Sendable, Equatable {
    struct Problem: Error, Equatable {
        let description: String
    }

    let event: String
    let deliveryID: String

    init(_ fields: HTTPFields) throws(Problem) {
        event = try Self.only("X-GitHub-Event", fields)
        guard Self.isEventName(event) else {
            throw Problem(
                description: "X-GitHub-Event must be a lower-case letter and up to 63 letters, digits and underscores."
            )
        }
        deliveryID = try Self.only("X-GitHub-Delivery", fields)
        guard (1...100).contains(deliveryID.utf8.count), deliveryID.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw Problem(description: "X-GitHub-Delivery must be 1 to 100 printable ASCII characters.")
        }
    }

    private static func only(_ name: String, _ fields: HTTPFields) throws(Problem) -> String {
        let values = fields.all(name)
        guard values.count == 1 else { throw Problem(description: "\(name) must be given exactly once.") }
        return values[0]
    }

    private static func isEventName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        return letters.contains(first)
            && text.utf8.allSatisfy { byte in
                letters.contains(byte) || byte == UInt8(ascii: "_")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }
}
