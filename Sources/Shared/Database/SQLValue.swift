import Base
import Foundation

/// A Swift value that can be bound to a statement and read from a row.
///
/// Parameters travel in PostgreSQL's binary format: an array of payloads needs no quoting. Results come as text.
package protocol SQLValue: Sendable {
    static var oid: UInt32 { get }
    static var arrayOID: UInt32 { get }
    /// How many bytes `appendBinary` will add; a guess is good enough.
    var binarySize: Int { get }
    func appendBinary(to bytes: inout [UInt8])
    init?(sqlText: UnsafeBufferPointer<UInt8>)
}

extension SQLValue {
    package var binarySize: Int { 16 }
}

extension FixedWidthInteger {
    func appendBigEndian(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: bigEndian) { bytes.append(contentsOf: $0) }
    }
}

extension String: SQLValue {
    package static let oid: UInt32 = 25
    package static let arrayOID: UInt32 = 1009
    package var binarySize: Int { utf8.count }
    package func appendBinary(to bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
    package init?(sqlText: UnsafeBufferPointer<UInt8>) { self = String(decoding: sqlText, as: UTF8.self) }
}

/// Enums whose raw values are words of the schema travel as text; the statement casts them to their PostgreSQL type.
extension SQLValue where Self: RawRepresentable, RawValue == String {
    package static var oid: UInt32 { String.oid }
    package static var arrayOID: UInt32 { String.arrayOID }
    package func appendBinary(to bytes: inout [UInt8]) { rawValue.appendBinary(to: &bytes) }
    package init?(sqlText: UnsafeBufferPointer<UInt8>) { self.init(rawValue: String(decoding: sqlText, as: UTF8.self)) }
}

extension Int64: SQLValue {
    package static let oid: UInt32 = 20
    package static let arrayOID: UInt32 = 1016
    package func appendBinary(to bytes: inout [UInt8]) { appendBigEndian(to: &bytes) }
    package init?(sqlText: UnsafeBufferPointer<UInt8>) { self.init(String(decoding: sqlText, as: UTF8.self)) }
}

extension Int: SQLValue {
    package static let oid: UInt32 = 20
    package static let arrayOID: UInt32 = 1016
    package func appendBinary(to bytes: inout [UInt8]) { Int64(self).appendBigEndian(to: &bytes) }
    package init?(sqlText: UnsafeBufferPointer<UInt8>) { self.init(String(decoding: sqlText, as: UTF8.self)) }
}

extension Bool: SQLValue {
    package static let oid: UInt32 = 16
    package static let arrayOID: UInt32 = 1000
    package func appendBinary(to bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
    package init?(sqlText: UnsafeBufferPointer<UInt8>) {
        switch sqlText.first {
        case UInt8(ascii: "t"): self = true
        case UInt8(ascii: "f"): self = false
        default: return nil
        }
    }
}

extension Double: SQLValue {
    package static let oid: UInt32 = 701
    package static let arrayOID: UInt32 = 1022
    package func appendBinary(to bytes: inout [UInt8]) { bitPattern.appendBigEndian(to: &bytes) }
    package init?(sqlText: UnsafeBufferPointer<UInt8>) { self.init(String(decoding: sqlText, as: UTF8.self)) }
}

extension UUID: SQLValue {
    package static let oid: UInt32 = 2950
    package static let arrayOID: UInt32 = 2951
    package func appendBinary(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
    }
    package init?(sqlText: UnsafeBufferPointer<UInt8>) { self.init(text: sqlText) }
}

/// JSON text for a `json` column, byte for byte as it was received.
package struct JSONText: SQLValue, Equatable {
    package static let oid: UInt32 = 114
    package static let arrayOID: UInt32 = 199
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package var binarySize: Int { bytes.count }
    package func appendBinary(to bytes: inout [UInt8]) { bytes.append(contentsOf: self.bytes) }
    package init?(sqlText: UnsafeBufferPointer<UInt8>) { bytes = Array(sqlText) }
}

/// A `bytea` value.
package struct Bytes: SQLValue, Hashable {
    package static let oid: UInt32 = 17
    package static let arrayOID: UInt32 = 1001
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package var binarySize: Int { bytes.count }
    package func appendBinary(to bytes: inout [UInt8]) { bytes.append(contentsOf: self.bytes) }

    /// Reads PostgreSQL's hex form, `\x0a1b…`.
    package init?(sqlText: UnsafeBufferPointer<UInt8>) {
        guard sqlText.count >= 2, sqlText.count.isMultiple(of: 2), sqlText[0] == UInt8(ascii: "\\") else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(sqlText.count / 2 - 1)
        for index in stride(from: 2, to: sqlText.count, by: 2) {
            guard let high = sqlText[index].hexValue, let low = sqlText[index + 1].hexValue else { return nil }
            bytes.append(high << 4 | low)
        }
        self.bytes = bytes
    }
}

extension EventType: SQLValue {}

/// Where a delivery is in its life; the words of `github_sync.event_status`.
package enum EventStatus: String, Sendable, CaseIterable, SQLValue {
    case pending, processing, completed, failed
}

extension Timestamp: SQLValue {
    package static let oid: UInt32 = 1184
    package static let arrayOID: UInt32 = 1185
    private static let microsecondsFrom1970To2000: Int64 = 946_684_800_000_000

    package func appendBinary(to bytes: inout [UInt8]) {
        (microseconds - Self.microsecondsFrom1970To2000).appendBigEndian(to: &bytes)
    }

    package init?(sqlText: UnsafeBufferPointer<UInt8>) { self.init(iso: sqlText) }
}
