import Base
import Database
import Deliveries
import Foundation
import GitHub
import Store

/// The bytes of a delivery in the spool: a version, numbers of fixed length, then texts after their lengths.
enum SpoolRecord {
    /// Bytes that this program cannot read although their digest is right: a newer one wrote them.
    struct Problem: Error {}

    /// Records of version 1 end with the payload.
    private static let version: UInt8 = 2

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
        bytes.append(bigEndian: Int64(delivery.subject.number ?? -1))
        bytes.append(bigEndian: delivery.subject.changedAt?.microseconds ?? .min)
        bytes.append(sized: delivery.subject.sender.utf8)
    }

    static func delivery(in bytes: ArraySlice<UInt8>) throws(Problem) -> Delivery {
        var reader = BigEndianReader(bytes)
        let found = try reader.number(UInt8.self)
        guard (1...version).contains(found) else { throw Problem() }
        let id = UUID(high: try reader.number(), low: try reader.number())
        let received = Date(timeIntervalSince1970: Double(try reader.number(Int64.self)) / 1000)
        let repository: Int64 = try reader.number()
        let name = try reader.text()
        let deliveryID = try reader.text()
        let event = EventType(rawValue: try reader.text())
        let action = try reader.text()
        let payload = JSONText(Array(try reader.sized()))
        guard let event else { throw Problem() }
        let subject =
            found == 1 ? DeliverySubject(of: payload.bytes, event: event.rawValue) : try reader.subject()
        guard reader.isAtEnd else { throw Problem() }
        return Delivery(
            id: id,
            deliveryID: deliveryID,
            event: event,
            action: action,
            repositoryID: repository,
            repositoryName: name,
            subject: subject,
            received: received,
            payload: payload
        )
    }
}

/// Numbers and texts as the spool's files hold them: big-endian, texts after their length.
extension [UInt8] {
    mutating func append(bigEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    mutating func append(sized bytes: some Collection<UInt8>) {
        append(bigEndian: UInt32(bytes.count))
        append(contentsOf: bytes)
    }
}

/// Reads such numbers and texts one after the other.
private struct BigEndianReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func bytes(_ count: Int) throws(SpoolRecord.Problem) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw SpoolRecord.Problem() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func number<Number: FixedWidthInteger>(
        _ type: Number.Type = Number.self
    ) throws(SpoolRecord.Problem) -> Number {
        try bytes(Number.bitWidth / 8).reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    mutating func sized() throws(SpoolRecord.Problem) -> ArraySlice<UInt8> {
        try bytes(Int(try number(UInt32.self)))
    }

    mutating func text() throws(SpoolRecord.Problem) -> String {
        String(decoding: try sized(), as: UTF8.self)
    }

    mutating func subject() throws(SpoolRecord.Problem) -> DeliverySubject {
        let number: Int64 = try number()
        let changedAt: Int64 = try self.number()
        return DeliverySubject(
            number: number < 0 ? nil : Int(number),
            changedAt: changedAt == .min ? nil : Timestamp(microseconds: changedAt),
            sender: try text()
        )
    }
}
