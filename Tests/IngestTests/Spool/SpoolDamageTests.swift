import Foundation
import Testing

@testable import Base
@testable import Database
@testable import Deliveries
@testable import Spool
@testable import Store

/// Files that a crash or a bad disk left.
@Suite(.timeLimit(.minutes(15))) struct SpoolDamageTests {
    private static let name = "000000000001.segment"

    /// The bytes of a segment with these deliveries, and where each record ends.
    private func segment(_ deliveries: [Delivery]) async throws -> (bytes: [UInt8], ends: [Int]) {
        try await SpoolFixture.with { fixture in
            let spool = try fixture.open()
            var ends: [Int] = []
            for delivery in deliveries {
                _ = await spool.append([delivery])
                ends.append(spool.contents.numbers.bytes)
            }
            return (Array(try Data(contentsOf: fixture.file(Self.name))), ends)
        }
    }

    /// What a spool makes of these files.
    private func drain(
        _ content: [String: [UInt8]],
        _ check: (SpoolFixture, Spool, [Delivery]) async throws -> Void
    ) async throws {
        try await SpoolFixture.with { fixture in
            try FileManager.default.createDirectory(atPath: fixture.path, withIntermediateDirectories: false)
            for (name, bytes) in content { try Data(bytes).write(to: fixture.file(name)) }
            let spool = try fixture.open()
            let deliveries = await spool.takeAll()
            try await check(fixture, spool, deliveries)
        }
    }

    @Test func `a segment cut off anywhere gives every whole record and one line about the rest`() async throws {
        let deliveries = Delivery.tests(1...2)
        let (bytes, ends) = try await segment(deliveries)
        for length in 0...bytes.count {
            try await drain([Self.name: Array(bytes[..<length])]) { fixture, _, found in
                let files = try fixture.files
                let whole = ends.count { $0 <= length }
                #expect(found == Array(deliveries[..<whole]), "cut at \(length)")
                #expect(files.isEmpty, "cut at \(length)")
                let rest = length - (ends.last { $0 <= length } ?? (length < SpoolSegmentHeader.byteCount ? 0 : 20))
                #expect(fixture.log.count("torn end") == (rest > 0 ? 1 : 0), "cut at \(length)")
                if rest > 0 { #expect(fixture.log.count("\"bytes\":\(rest),") == 1, "cut at \(length)") }
            }
        }
        print("a segment cut off at each of \(bytes.count + 1) places")
    }

    @Test func `a flipped bit anywhere is found, and costs no other record`() async throws {
        let deliveries = Delivery.tests(1...2)
        let (bytes, ends) = try await segment(deliveries)
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 1 << (place % 8)
            let hit = place < SpoolSegmentHeader.byteCount ? nil : ends.firstIndex { $0 > place }
            try await drain([Self.name: damaged]) { fixture, spool, found in
                #expect(found == deliveries.enumerated().filter { $0.offset != hit }.map(\.element), "at \(place)")
                // The last record looks like a torn one; damage before it is kept for a person to look at.
                let isTail = hit == deliveries.count - 1
                let files = try fixture.files
                #expect(files == (isTail ? [] : ["000000000001.corrupt"]), "at \(place)")
                #expect(fixture.log.count(isTail ? "torn end" : "damaged") == 1, "at \(place)")
                #expect(spool.contents.numbers.errors == (isTail ? 0 : 1), "at \(place)")
                #expect(spool.contents.records == 0, "at \(place)")
            }
        }
        print("a bit flipped at each of \(bytes.count) places")
    }

    @Test func `a torn end is dropped once, and what was before it stays`() async throws {
        let deliveries = Delivery.tests(1...2)
        let (bytes, _) = try await segment(deliveries)
        try await SpoolFixture.with { fixture in
            try FileManager.default.createDirectory(atPath: fixture.path, withIntermediateDirectories: false)
            try Data(bytes.dropLast()).write(to: fixture.file(Self.name))
            for _ in 1...2 { #expect(try fixture.open().contents.records == 1) }
            #expect(fixture.log.count("torn end") == 1)
        }
    }

    @Test func `segments behind a damaged one are drained`() async throws {
        try await SpoolFixture.with { fixture in
            let deliveries = Delivery.tests(1...9, bytes: 1_000)
            do {
                let spool = try fixture.open(segmentBytes: 3_000)
                for delivery in deliveries { _ = await spool.append([delivery]) }
            }
            var bytes = try Data(contentsOf: fixture.file(Self.name))
            bytes[1_500] ^= 1
            try bytes.write(to: fixture.file(Self.name))
            let spool = try fixture.open()
            #expect(await spool.takeAll().map(\.deliveryID) == ["1", "3", "4", "5", "6", "7", "8", "9"])
            #expect(try fixture.files == ["000000000001.corrupt"])
            // Its number is not given again.
            _ = await spool.append([.test("new")])
            #expect(try fixture.files.contains("000000000004.segment"))
        }
    }

    @Test func `damage that comes later is found when the record is read`() async throws {
        try await SpoolFixture.with { fixture in
            let spool = try fixture.open()
            for delivery in Delivery.tests(1...3, bytes: 1_000) { _ = await spool.append([delivery]) }
            let handle = try FileHandle(forUpdating: fixture.file(Self.name))
            try handle.seek(toOffset: 1_500)
            try handle.write(contentsOf: Data([0]))
            try handle.close()
            #expect(await spool.takeAll().map(\.deliveryID) == ["1", "3"])
            #expect(try fixture.files == ["000000000001.corrupt"])
            #expect(spool.contents.records == 0)
            #expect(spool.contents.numbers.errors == 1)
        }
    }

    @Test func `a segment under another number, and any other file, is kept and gives nothing`() async throws {
        let (bytes, _) = try await segment(Delivery.tests(1...3))
        let content = ["000000000002.segment": bytes, "000000000003.segment": Array("something else entirely".utf8)]
        try await drain(content) { fixture, spool, found in
            let files = try fixture.files
            #expect(found.isEmpty)
            #expect(files == ["000000000002.corrupt", "000000000003.corrupt"])
            #expect(spool.contents.numbers.errors == 2)
            #expect(spool.contents.numbers.bytes == 0)
        }
    }

    @Test func `a record inside a payload is not taken for one`() async throws {
        let inner = try await segment([.test("inner")]).bytes
        let outer = Delivery(
            id: UUID(),
            deliveryID: "outer",
            event: .issues,
            action: "opened",
            repositoryID: 1,
            repositoryName: "a/b",
            received: Date(timeIntervalSince1970: 0),
            payload: JSONText(inner)
        )
        var bytes = try await segment([outer]).bytes
        bytes[30] ^= 1
        try await drain([Self.name: bytes]) { _, _, found in #expect(found.isEmpty) }
    }
}
