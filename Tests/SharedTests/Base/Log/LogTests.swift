import Base
import Foundation
import Synchronization
import Testing

@Suite struct LogTests {
    @Test func `a JSON line carries message, level and every key that was bound, numbers as numbers`() throws {
        let lines = Lines()
        let log = Log(write: lines.write).with([.worker: "w1"])
        log(.info, "synced", [.attempt: 2, .deliveryID: "a\n\"b\"", .durationSeconds: Duration.milliseconds(1250)])
        let line = try #require(JSONSerialization.jsonObject(with: Data(lines.all[0].utf8)) as? [String: Any])
        #expect(line["message"] as? String == "synced")
        #expect(line["level"] as? String == "info")
        #expect(line["worker"] as? String == "w1")
        #expect(line["delivery_id"] as? String == "a\n\"b\"")
        let time = try #require(line["time"] as? String)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect(lines.all[0].contains("\"attempt\":2,"))
        #expect(lines.all[0].contains("\"duration_seconds\":1.25,"))
        #expect(lines.all[0].filter(\.isNewline).count == 1)
    }

    @Test func `a text line stays one line and shows no control characters`() {
        let lines = Lines()
        let log = Log(format: .text, write: lines.write)
        log(.warning, "refused", [.reason: "x\u{1B}[31m\nFAKE line"])
        #expect(lines.all[0].hasSuffix("WARNING refused reason=\"x\u{FFFD}[31m\u{FFFD}FAKE line\"\n"))
    }

    @Test func `only a level is coloured, and only where it is asked for`() {
        let lines = Lines()
        Log(format: .text, isColoured: true, write: lines.write)(.error, "broken", [.reason: "x"])
        Log(format: .text, write: lines.write)(.error, "broken", [.reason: "x"])
        Log(format: .json, isColoured: true, write: lines.write)(.error, "broken", [.reason: "x"])
        #expect(lines.all[0].hasSuffix(" \u{1B}[31mERROR\u{1B}[0m broken reason=x\n"))
        #expect(!lines.all[1].contains("\u{1B}") && !lines.all[2].contains("\\u001b"))
    }

    @Test func `nothing is formatted for a line that is not written`() {
        let lines = Lines()
        let formatted = Mutex(0)
        func keys() -> Log.Keys {
            formatted.withLock { $0 += 1 }
            return [.reason: "x"]
        }
        let log = Log(write: lines.write)
        log(.debug, "a", keys())
        log(.debug, "a", error: CancellationError(), keys())
        #expect(formatted.withLock { $0 } == 0)
        log(.info, "b", keys())
        #expect(formatted.withLock { $0 } == 1)
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
