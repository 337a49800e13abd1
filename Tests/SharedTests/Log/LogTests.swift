import Foundation
import Shared
import Synchronization
import Testing

@Suite struct LogTests {
    @Test func `a JSON line carries message, level and every key that was bound`() throws {
        let lines = Lines()
        let log = Log(write: lines.write).with([.worker: "w1"])
        log(.info, "synced", [.attempt: 2, .delivery: "a\n\"b\""])
        let line = try JSONDecoder().decode([String: String].self, from: Data(lines.all[0].utf8))
        #expect(line["message"] == "synced")
        #expect(line["level"] == "info")
        #expect(line["worker"] == "w1")
        #expect(line["attempt"] == "2")
        #expect(line["delivery"] == "a\n\"b\"")
        #expect(line["time"] != nil)
        #expect(lines.all[0].filter(\.isNewline).count == 1)
    }

    @Test func `a text line stays one line and shows no control characters`() {
        let lines = Lines()
        let log = Log(format: .text, write: lines.write)
        log(.warning, "refused", [.reason: "x\u{1B}[31m\nFAKE line"])
        #expect(lines.all[0].hasSuffix("WARNING refused reason=\"x\u{FFFD}[31m\u{FFFD}FAKE line\"\n"))
    }

    @Test func `lines below the level are not written`() {
        let lines = Lines()
        let log = Log(level: .warning, write: lines.write)
        log(.debug, "a")
        log(.info, "b")
        log(.warning, "c")
        log(.error, "d")
        #expect(lines.all.count == 2)
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    var write: @Sendable ([UInt8]) -> Void {
        { line in self.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
    }
}
