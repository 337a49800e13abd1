import Base
import Database
import Foundation

/// Deliveries from the spool that PostgreSQL will not have: a JSON line each, with its error, for a person to look at.
struct RefusedDeliveries: Sendable {
    private struct Line: Encodable {
        let eventID: String
        let delivery: String
        let event: String
        let repository: String
        let received: Date
        let error: String
        let payload: String

        enum CodingKeys: String, CodingKey {
            case eventID = "event_id"
            case delivery, event, repository, received, error, payload
        }
    }

    let path: String

    /// - Throws: when the line is not safe on disk.
    func append(_ delivery: Delivery, error: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        let line = Line(
            eventID: delivery.id.text,
            delivery: delivery.deliveryID,
            event: delivery.event.rawValue,
            repository: delivery.repositoryName,
            received: delivery.received,
            error: error,
            payload: String(decoding: delivery.payload.bytes, as: UTF8.self)
        )
        let file = try SpoolFile(path, O_WRONLY | O_CREAT)
        try file.write(Array(try encoder.encode(line)) + [UInt8(ascii: "\n")], at: try file.size())
        try file.synchronize()
    }
}
