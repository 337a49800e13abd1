import Foundation
import Testing

@testable import Base
@testable import Database
@testable import Deliveries
@testable import Spool
@testable import Store

@Suite struct SpoolRecordTests {
    private func bytes(_ delivery: Delivery) -> [UInt8] {
        var bytes: [UInt8] = []
        SpoolRecord.append(delivery, to: &bytes)
        return bytes
    }

    @Test(arguments: EventType.allCases) func `a delivery comes back as it went in`(_ event: EventType) throws {
        let delivery = Delivery(
            id: EventIDGenerator().next(),
            deliveryID: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
            event: event,
            action: "ge\u{E4}ndert \u{1F680}",
            repositoryID: -1,
            repositoryName: "",
            received: Date(timeIntervalSince1970: 1_790_000_000.123),
            payload: JSONText(Array(0...255) + [0xFF, 0x52, 0x65, 0xFE])
        )
        #expect(try SpoolRecord.delivery(in: bytes(delivery)[...]) == delivery)
    }

    @Test func `a record that is shorter, longer or of another version is none`() {
        let sound = bytes(.test("a"))
        for length in 0..<sound.count {
            #expect(throws: SpoolRecord.Problem.self) { try SpoolRecord.delivery(in: sound.prefix(length)) }
        }
        #expect(throws: SpoolRecord.Problem.self) { try SpoolRecord.delivery(in: (sound + [0])[...]) }
        #expect(throws: SpoolRecord.Problem.self) { try SpoolRecord.delivery(in: [2] + sound.dropFirst()) }
    }
}
