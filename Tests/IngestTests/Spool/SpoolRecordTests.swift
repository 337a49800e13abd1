import Foundation
import Testing

@testable import Base
@testable import Database
@testable import Deliveries
@testable import GitHub
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
            subject: DeliverySubject(
                number: event == .label ? nil : 42,
                changedAt: event == .label ? nil : Timestamp(microseconds: 1_790_000_000_000_001),
                sender: event == .label ? "" : "octocat"
            ),
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
        #expect(throws: SpoolRecord.Problem.self) { try SpoolRecord.delivery(in: [3] + sound.dropFirst()) }
    }

    /// A node that is upgraded finds what it put aside before.
    @Test func `of a record of version 1 the payload tells what it is about`() throws {
        let body = Array(
            #"{"issue":{"number":7,"updated_at":"2026-03-02T10:30:00Z"},"sender":{"login":"octocat"}}"#.utf8
        )
        let written = Delivery(
            id: EventIDGenerator().next(),
            deliveryID: "d",
            event: .issues,
            action: "opened",
            repositoryID: 1,
            repositoryName: "a/b",
            received: Date(timeIntervalSince1970: 1_790_000_000),
            payload: JSONText(body)
        )
        // Nothing is known of the subject: two numbers and an empty text.
        let old = [1] + bytes(written).dropFirst().dropLast(8 + 8 + 4)
        let subject = try SpoolRecord.delivery(in: old[...]).subject
        #expect(subject == DeliverySubject(of: body, event: "issues"))
        #expect(subject.number == 7)
    }
}
