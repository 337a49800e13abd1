import Foundation
import Synchronization
import Testing

@testable import Base
@testable import Database
@testable import Deliveries
@testable import Spool
@testable import Store

/// A spool in a directory of a test's own, and what it logs.
struct SpoolFixture: Sendable {
    let path: String
    let log = LogLines()

    /// In memory where there is such a place: these tests open hundreds of spools.
    private static let base =
        access("/dev/shm", W_OK) == 0 ? URL(filePath: "/dev/shm") : FileManager.default.temporaryDirectory

    /// Runs `body` with a path where nothing is yet, and removes what is there afterwards.
    static func with<Value>(_ body: (SpoolFixture) async throws -> Value) async throws -> Value {
        let path = base.appending(path: "spool-\(UUID().text)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(SpoolFixture(path: path))
    }

    func open(
        maxBytes: Int = 1 << 30,
        segmentBytes: Int = 16 << 20,
        sync: @escaping SpoolFile.Sync = SpoolFile.dataSync
    ) throws(SpoolProblem) -> Spool {
        try Spool(
            path,
            maxBytes: maxBytes,
            segmentBytes: segmentBytes,
            sync: sync,
            log: Log { [log] in log.append($0) }
        )
    }

    /// Names of the files, the lock left out.
    var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).filter { $0 != "lock" }.sorted() }
    }

    func file(_ name: String) -> URL { URL(filePath: path).appending(path: name) }
}

final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func append(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
    func count(_ words: String) -> Int { all.count { $0.contains(words) } }
}

extension Spool {
    /// Takes everything out, in order.
    func takeAll() -> [Delivery] {
        var all: [Delivery] = []
        while let batch = next(maxRows: 3) {
            all += batch.deliveries
            finish(batch)
        }
        return all
    }
}

extension Delivery {
    /// A delivery made up for a test; its payload is of the given length at least.
    static func test(
        _ deliveryID: String,
        id: UUID = UUID(),
        repository: Int64 = 700_100_200,
        bytes: Int = 2
    ) -> Delivery {
        Delivery(
            id: id,
            deliveryID: deliveryID,
            event: .issueComment,
            action: "created",
            repositoryID: repository,
            repositoryName: "acme-labs/rocket",
            received: Date(timeIntervalSince1970: 1_790_000_000.25),
            payload: JSONText(Array("{}".utf8) + [UInt8](repeating: 0x20, count: max(0, bytes - 2)))
        )
    }

    static func tests(_ numbers: ClosedRange<Int>, bytes: Int = 2) -> [Delivery] {
        numbers.map { .test("\($0)", bytes: bytes) }
    }
}
