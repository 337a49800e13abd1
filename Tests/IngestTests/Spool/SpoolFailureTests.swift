import Foundation
import Synchronization
import Testing

@testable import Base
@testable import Deliveries
@testable import Spool
@testable import Store

/// A disk that does not take what it is given.
@Suite(.timeLimit(.minutes(15))) struct SpoolFailureTests {
    /// Fails as often as it is told, from the given call on.
    private final class FaultyDisk: Sendable {
        let failures = Mutex(0)

        var sync: SpoolFile.Sync {
            { [self] descriptor in
                let fails = failures.withLock { failures in
                    defer { failures = max(0, failures - 1) }
                    return failures > 0
                }
                guard fails else { return fdatasync(descriptor) }
                errno = EIO
                return -1
            }
        }
    }

    @Test func `a file whose fdatasync failed is never written again, and nothing of the group is left`() async throws {
        try await SpoolFixture.with { fixture in
            let disk = FaultyDisk()
            let spool = try fixture.open(sync: disk.sync)
            let (kept, lost, later) = (Delivery.tests(1...3), Delivery.tests(4...6), Delivery.tests(7...9))
            #expect(await spool.append(kept).allSatisfy { $0 == .stored })
            disk.failures.withLock { $0 = 1 }
            #expect(await spool.append(lost) == [.refused, .refused, .refused])
            #expect(!spool.contents.takesDeliveries)
            #expect(spool.contents.eventID(of: "4") == nil)
            #expect(spool.contents.numbers.errors == 1)
            #expect(fixture.log.count("the spool cannot be written") == 1)
            #expect(await spool.append(later).allSatisfy { $0 == .stored })
            #expect(spool.contents.takesDeliveries)
            #expect(try fixture.files == ["000000000001.segment", "000000000002.segment"])
            #expect(await spool.takeAll() == kept + later)
        }
    }

    @Test func `a new segment that cannot be made safe leaves no file, until the disk is well again`() async throws {
        try await SpoolFixture.with { fixture in
            let disk = FaultyDisk()
            let spool = try fixture.open(sync: disk.sync)
            disk.failures.withLock { $0 = 2 }
            #expect(await spool.append([.test("a")]) == [.refused])
            #expect(try fixture.files.isEmpty)
            await spool.retryDisk()
            #expect(!spool.contents.takesDeliveries)
            await spool.retryDisk()
            #expect(spool.contents.takesDeliveries)
            #expect(await spool.append([.test("a")]) == [.stored])
            #expect(await spool.takeAll().map(\.deliveryID) == ["a"])
            #expect(spool.contents.numbers.bytes == 0)
        }
    }

    /// A file system of 1 MiB, where one may be mounted.
    private static let smallDisk: String? = {
        let path = FileManager.default.temporaryDirectory.appending(path: "small-\(UUID().text)").path
        guard geteuid() == 0, mkdir(path, 0o700) == 0 else { return nil }
        guard mount("none", path, "tmpfs", 0, "size=1m,mode=0700") == 0 else {
            rmdir(path)
            return nil
        }
        return path
    }()

    @Test(.enabled(if: smallDisk != nil, "needs the right to mount a small disk"))
    func `a full disk refuses what does not fit, half accepts nothing, and takes more once it has been drained`()
        async throws
    {
        let path = try #require(Self.smallDisk)
        defer {
            // The spool may still hold its files.
            umount2(path, Int32(MNT_DETACH))
            rmdir(path)
        }
        let fixture = SpoolFixture(path: path)
        let spool = try fixture.open()
        var stored: [Delivery] = []
        var refused = 0
        for number in 1...60 {
            let group = (1...3).map { Delivery.test("\(number)-\($0)", bytes: 20_000) }
            let outcomes = await spool.append(group)
            #expect(Set(outcomes.map { $0 == .stored }).count == 1)
            if outcomes[0] == .stored { stored += group } else { refused += 3 }
        }
        #expect(stored.count > 30)
        #expect(refused > 30)
        #expect(!spool.contents.takesDeliveries)
        #expect(spool.contents.records == stored.count)
        #expect(await spool.takeAll() == stored)
        #expect(await spool.append([.test("late", bytes: 20_000)]) == [.stored])
        #expect(await spool.takeAll().map(\.deliveryID) == ["late"])
        print("a disk of 1 MiB took \(stored.count) deliveries and refused \(refused)")
    }
}
