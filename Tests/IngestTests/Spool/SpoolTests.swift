import Foundation
import Testing

@testable import Deliveries
@testable import Spool
@testable import Store

@Suite(.timeLimit(.minutes(15))) struct SpoolTests {
    @Test func `what goes in comes out, in order, after a restart too, and then nothing is left`() async throws {
        try await SpoolFixture.with { fixture in
            let deliveries = Delivery.tests(1...10, bytes: 5_000)
            let first = try fixture.open()
            #expect(await first.append(Array(deliveries[..<4])).allSatisfy { $0 == .stored })
            #expect(await first.append(Array(deliveries[4...])).allSatisfy { $0 == .stored })
            #expect(first.contents.records == 10)
            let size = try fixture.file("000000000001.segment").resourceValues(forKeys: [.fileSizeKey]).fileSize
            #expect(first.contents.numbers.bytes == size)
            #expect(await first.takeAll() == deliveries)
            #expect(first.contents.records == 0)
            #expect(try fixture.files.isEmpty)
        }
    }

    @Test func `an earlier run's deliveries are drained before those of this one`() async throws {
        try await SpoolFixture.with { fixture in
            let deliveries = Delivery.tests(1...6)
            for part in [deliveries[..<2], deliveries[2..<4]] {
                let spool = try fixture.open()
                _ = await spool.append(Array(part))
            }
            let spool = try fixture.open()
            #expect(spool.contents.records == 4)
            #expect(spool.contents.numbers.segments == 2)
            #expect(spool.contents.numbers.oldest == deliveries[0].received)
            #expect(spool.contents.eventID(of: "3") == deliveries[2].id)
            _ = await spool.append(Array(deliveries[4...]))
            #expect(await spool.takeAll() == deliveries)
            #expect(spool.contents.numbers.oldest == nil)
            #expect(spool.contents.numbers.bytes == 0)
            #expect(fixture.log.all.isEmpty)
        }
    }

    @Test func `a batch that was not finished comes again`() async throws {
        try await SpoolFixture.with { fixture in
            let deliveries = Delivery.tests(1...5)
            let spool = try fixture.open()
            _ = await spool.append(deliveries)
            #expect(await spool.next(maxRows: 2)?.deliveries == Array(deliveries[..<2]))
            let batch = try #require(await spool.next(maxRows: 2))
            #expect(batch.deliveries == Array(deliveries[..<2]))
            await spool.finish(batch)
            #expect(spool.contents.records == 3)
            #expect(spool.contents.eventID(of: "1") == nil)
            #expect(await spool.next(maxRows: 2)?.deliveries == Array(deliveries[2..<4]))
        }
    }

    @Test func `two records of one delivery come in two batches, the first one first`() async throws {
        try await SpoolFixture.with { fixture in
            let (one, other) = (Delivery.test("a"), Delivery.test("a"))
            let spool = try fixture.open()
            #expect(await spool.append([.test("b"), one]) == [.stored, .stored])
            // As if it had been forgotten that it is there.
            spool.contents.remove([one])
            #expect(await spool.append([other]) == [.stored])
            let batch = try #require(await spool.next())
            #expect(batch.deliveries.last == one)
            #expect(batch.deliveries.count == 2)
            await spool.finish(batch)
            let rest = try #require(await spool.next())
            #expect(rest.deliveries == [other])
        }
    }

    @Test func `a segment that cannot be opened for reading is drained later, after the others`() async throws {
        try await SpoolFixture.with { fixture in
            let deliveries = Delivery.tests(1...9, bytes: 1_000)
            let spool = try fixture.open(segmentBytes: 3_000)
            for delivery in deliveries { _ = await spool.append([delivery]) }
            let batch = try #require(await spool.next(maxRows: 1))
            await spool.finish(batch)
            let names = try fixture.files
            let (file, aside) = (fixture.file(names[1]), fixture.file("aside"))
            try FileManager.default.moveItem(at: file, to: aside)
            try FileManager.default.createSymbolicLink(at: file, withDestinationURL: aside)
            #expect(await spool.takeAll().map(\.deliveryID) == ["2", "3", "7", "8", "9"])
            #expect(fixture.log.count("a spool segment cannot be opened") == 1)
            #expect(fixture.log.count(names[1]) == 1)
            #expect(spool.contents.numbers.errors == 1)
            #expect(await spool.reopenSegments() == false)
            // Nor is it forgotten meanwhile: it takes room, and what is in it had its 202.
            #expect(spool.contents.records == 3)
            #expect(spool.contents.numbers.segments == 1)
            #expect(spool.contents.numbers.bytes > 3_000)
            #expect(await spool.append([.test("4")]) == [.known(deliveries[3].id)])
            try FileManager.default.removeItem(at: file)
            try FileManager.default.moveItem(at: aside, to: file)
            #expect(await spool.reopenSegments())
            #expect(await spool.takeAll().map(\.deliveryID) == ["4", "5", "6"])
            #expect(try fixture.files.isEmpty)
            #expect(spool.contents.records == 0)
            #expect(spool.contents.numbers.bytes == 0)
        }
    }

    @Test func `a segment that is gone is no longer counted`() async throws {
        try await SpoolFixture.with { fixture in
            let spool = try fixture.open()
            _ = await spool.append(Delivery.tests(1...3))
            try FileManager.default.removeItem(at: fixture.file("000000000001.segment"))
            #expect(await spool.next() == nil)
            #expect(spool.contents.records == 3)
            #expect(await spool.reopenSegments() == false)
            #expect(fixture.log.count("a spool segment is gone") == 1)
            #expect(spool.contents.records == 0)
            #expect(spool.contents.numbers.bytes == 0)
        }
    }

    @Test func `what must outlive its draining is the batch's segment, whatever was opened meanwhile`() async throws {
        try await SpoolFixture.with { fixture in
            let spool = try fixture.open(segmentBytes: 3_000)
            for delivery in Delivery.tests(1...6, bytes: 1_000) { _ = await spool.append([delivery]) }
            let (file, aside) = (fixture.file("000000000001.segment"), fixture.file("aside"))
            try FileManager.default.moveItem(at: file, to: aside)
            try FileManager.default.createSymbolicLink(at: file, withDestinationURL: aside)
            let batch = try #require(await spool.next())
            #expect(batch.deliveries.map(\.deliveryID) == ["4", "5", "6"])
            try FileManager.default.removeItem(at: file)
            try FileManager.default.moveItem(at: aside, to: file)
            #expect(await spool.reopenSegments())
            await spool.keep(batch.segment)
            await spool.finish(batch)
            #expect(await spool.takeAll().map(\.deliveryID) == ["1", "2", "3"])
            #expect(try fixture.files == ["000000000002.corrupt"])
        }
    }

    @Test func `what has to wait is written once more behind the others, and waits on disk`() async throws {
        try await SpoolFixture.with { fixture in
            let deliveries = Delivery.tests(1...5)
            let spool = try fixture.open()
            _ = await spool.append(deliveries)
            let batch = try #require(await spool.next(maxRows: 2))
            #expect(await spool.finish(batch, postponing: [deliveries[0]]))
            #expect(spool.contents.records == 4)
            #expect(spool.contents.eventID(of: "1") == deliveries[0].id)
            #expect(await spool.takeAll() == Array(deliveries[2...]) + [deliveries[0]])
            #expect(try fixture.files.isEmpty)
        }
    }

    @Test func `where there is no room to write it once more its batch comes again`() async throws {
        try await SpoolFixture.with { fixture in
            let spool = try fixture.open(maxBytes: 10_000)
            _ = await spool.append(Delivery.tests(1...20, bytes: 1_000))
            let batch = try #require(await spool.next(maxRows: 2))
            #expect(await spool.finish(batch, postponing: [batch.deliveries[0]]) == false)
            #expect(spool.contents.eventID(of: "1") == batch.deliveries[0].id)
            #expect(await spool.next(maxRows: 2)?.deliveries == batch.deliveries)
        }
    }

    @Test func `a batch is bounded in bytes, but one delivery always fits`() async throws {
        try await SpoolFixture.with { fixture in
            let deliveries = [6, 5, 50, 2].enumerated().map { Delivery.test("\($0.offset)", bytes: $0.element) }
            let spool = try fixture.open()
            _ = await spool.append(deliveries)
            for delivery in deliveries {
                let batch = try #require(await spool.next(maxBytes: 10))
                #expect(batch.deliveries == [delivery])
                await spool.finish(batch)
            }
        }
    }

    @Test func `a segment that is large enough is followed by another, and goes when it is drained`() async throws {
        try await SpoolFixture.with { fixture in
            let deliveries = Delivery.tests(1...20, bytes: 1_000)
            let spool = try fixture.open(segmentBytes: 3_000)
            for delivery in deliveries { _ = await spool.append([delivery]) }
            #expect(try fixture.files.count == 7)
            #expect(spool.contents.numbers.segments == 7)
            let batch = try #require(await spool.next(maxRows: 100))
            #expect(batch.deliveries == Array(deliveries[..<3]))
            await spool.finish(batch)
            #expect(try fixture.files.first == "000000000002.segment")
            #expect(await spool.takeAll() == Array(deliveries[3...]))
            #expect(try fixture.files.isEmpty)
        }
    }

    @Test func `a full spool takes no more until a segment has gone`() async throws {
        try await SpoolFixture.with { fixture in
            let spool = try fixture.open(maxBytes: 10_000)
            let outcomes = await spool.append(Delivery.tests(1...20, bytes: 1_000))
            let stored = outcomes.count { $0 == .stored }
            #expect(stored == 8)
            #expect(outcomes == (1...20).map { $0 <= 8 ? .stored : .refused })
            #expect(spool.contents.numbers.bytes <= 10_000)
            #expect(!spool.contents.takesDeliveries)
            #expect(spool.contents.eventID(of: "9") == nil)
            #expect(await spool.append([.test("late", bytes: 1_000)]) == [.refused])
            #expect(await spool.takeAll().count == 8)
            #expect(spool.contents.takesDeliveries)
            #expect(await spool.append([.test("late", bytes: 1_000)]) == [.stored])
        }
    }

    @Test func `the same delivery is there once, under its first id`() async throws {
        try await SpoolFixture.with { fixture in
            let spool = try fixture.open()
            let (first, second) = (Delivery.test("a"), Delivery.test("a"))
            #expect(await spool.append([first, second]) == [.stored, .known(first.id)])
            #expect(await spool.append([second, first]) == [.known(first.id), .known(first.id)])
            #expect(await spool.takeAll() == [first])
            #expect(await spool.append([second]) == [.stored])
        }
    }

    @Test func `only the owner can read it, whatever the umask`() async throws {
        try await SpoolFixture.with { fixture in
            let spool = try fixture.open()
            _ = await spool.append([.test("a")])
            try RefusedDeliveries(path: spool.directory.refused).append(.test("b"), error: "refused")
            func mode(_ path: String) throws -> Int? {
                try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            }
            #expect(try mode(fixture.path) == 0o700)
            for file in try fixture.files + ["lock"] { #expect(try mode(fixture.file(file).path) == 0o600) }
        }
    }

    @Test func `a second one on the same directory is refused until the first has gone`() async throws {
        try await SpoolFixture.with { fixture in
            do {
                let first = try fixture.open()
                let problem = #expect(throws: SpoolProblem.self) { try fixture.open() }
                #expect(problem == .inUse(directory: fixture.path))
                #expect(problem?.description.contains("INGEST_SPOOL_DIR \(fixture.path) is in use") == true)
                #expect(first.contents.records == 0)
            }
            _ = try fixture.open()
        }
    }

    @Test func `a directory that cannot be used is named with the reason`() async throws {
        try await SpoolFixture.with { fixture in
            try Data().write(to: URL(filePath: fixture.path))
            let file = #expect(throws: SpoolProblem.self) { try fixture.open() }
            #expect(file == .unusable(directory: fixture.path, code: ENOTDIR))
            let nowhere = SpoolFixture(path: fixture.path + "-none/spool")
            let missing = #expect(throws: SpoolProblem.self) { try nowhere.open() }
            #expect(missing?.description.contains("No such file or directory") == true)
        }
    }

    @Test func `what PostgreSQL refuses is a line with its error and payload`() async throws {
        try await SpoolFixture.with { fixture in
            let spool = try fixture.open()
            let refused = RefusedDeliveries(path: spool.directory.refused)
            for id in ["a", "b"] { try refused.append(.test(id), error: "PostgreSQL refused (23514): \"no\"") }
            let lines = try String(contentsOf: fixture.file("refused"), encoding: .utf8).split(separator: "\n")
            let objects = try lines.map { try JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
            #expect(objects.map { $0["delivery"] } == ["a", "b"])
            #expect(objects[1]["payload"] == "{}")
            #expect(objects[1]["error"] == "PostgreSQL refused (23514): \"no\"")
        }
    }
}
