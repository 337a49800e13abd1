import Base
import Database
import Foundation

/// The bytes of a delivery in the spool: a version, numbers of fixed length, then texts after their lengths.
enum SpoolRecord {
    /// Sound bytes that this program cannot read: a newer one wrote them.
    struct Problem: Error {}

    private static let version: UInt8 = 1

    static func append(_ delivery: Delivery, to bytes: inout [UInt8]) {
        bytes.append(version)
        withUnsafeBytes(of: delivery.id.uuid) { bytes.append(contentsOf: $0) }
        bytes.append(bigEndian: Int64((delivery.received.timeIntervalSince1970 * 1000).rounded()))
        bytes.append(bigEndian: delivery.repositoryID)
        bytes.append(sized: delivery.repositoryName.utf8)
        bytes.append(sized: delivery.deliveryID.utf8)
        bytes.append(sized: delivery.event.rawValue.utf8)
        bytes.append(sized: delivery.action.utf8)
        bytes.append(sized: delivery.payload.bytes)
    }

    static func delivery(in bytes: ArraySlice<UInt8>) throws(Problem) -> Delivery {
        var reader = BigEndianReader(bytes)
        do {
            guard try reader.number(UInt8.self) == version else { throw Problem() }
            let id = UUID(high: try reader.number(), low: try reader.number())
            let received = Date(timeIntervalSince1970: Double(try reader.number(Int64.self)) / 1000)
            let repository: Int64 = try reader.number()
            let name = try reader.text()
            let deliveryID = try reader.text()
            let event = EventType(rawValue: try reader.text())
            let action = try reader.text()
            let payload = JSONText(Array(try reader.sized()))
            guard let event, reader.isAtEnd else { throw Problem() }
            return Delivery(
                id: id,
                deliveryID: deliveryID,
                event: event,
                action: action,
                repositoryID: repository,
                repositoryName: name,
                received: received,
                payload: payload
            )
        } catch {
            throw Problem()
        }
    }
}
