import Synchronization
import Testing

@testable import Base

@Suite struct LimitedLogTests {
    @Test func `a flood of refusals is one line a second, with their number`() {
        let lines = Lines()
        let log = LimitedLog(Log { lines.append($0) })
        let now = ContinuousClock.now
        for _ in 1...500 { log(.warning, "refused", reason: "a", at: now) }
        log(.warning, "refused", reason: "b", at: now)
        #expect(lines.count == 2)
        log(.warning, "refused", reason: "a", at: now + .seconds(1))
        #expect(lines.count == 3)
        #expect(lines.last.contains("\"count\":500"))
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var count: Int { lines.withLock { $0.count } }
    var last: String { lines.withLock { $0.last ?? "" } }
    func append(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
}
