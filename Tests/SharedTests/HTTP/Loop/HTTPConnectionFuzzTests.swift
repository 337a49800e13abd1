import Foundation
import TestSupport
import Testing

@testable import HTTP

/// Random requests, pieces and orders of events: HTTP_FUZZ_SEED repeats a run, HTTP_FUZZ_ROUNDS makes it longer.
@Suite struct HTTPConnectionFuzzTests {
    private let seed: UInt64
    private let rounds: Int

    init() {
        let environment = ProcessInfo.processInfo.environment
        seed = environment["HTTP_FUZZ_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999)
        rounds = environment["HTTP_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 4000
        print("HTTP_FUZZ_SEED=\(seed) HTTP_FUZZ_ROUNDS=\(rounds)")
    }

    @Test func `whatever comes in whatever pieces and order, the same is asked and answered`() {
        var generator = SeededGenerator(seed: seed)
        var requests = 0
        var streams = 0
        for round in 0..<rounds {
            let bytes = Self.requests(&generator)
            var whole = ConnectionRun()
            whole.arrive(bytes: bytes)
            whole.finishSending()
            while !whole.connection.isClosed, Self.answer(&whole) { whole.run() }
            var parts = ConnectionRun()
            Self.feedInParts(&parts, bytes, &generator)
            let place: Comment = "seed \(seed), round \(round)"
            #expect(parts.requests == whole.requests, place)
            #expect(parts.text == whole.text, place)
            #expect(parts.refusals == whole.refusals, place)
            #expect(parts.hasEndedOutput == whole.hasEndedOutput, place)
            #expect(parts.connection.isClosed && whole.connection.isClosed, place)
            #expect(whole.statuses.count { $0 != 100 } <= whole.requests.count + whole.refusals.count, place)
            requests += whole.requests.count
            streams += whole.text.contains("event-stream") ? 1 : 0
        }
        // A fuzzer that reaches one side only tests nothing.
        #expect(requests > rounds / 2)
        #expect(streams > rounds / 20)
    }

    @Test func `whatever happens, a connection whose service answers comes to its end`() {
        var generator = SeededGenerator(seed: seed)
        var ends: [String: Int] = [:]
        for round in 0..<rounds {
            var run = ConnectionRun()
            for _ in 0..<Int.random(in: 1...40, using: &generator) { Self.happen(&run, &generator) }
            // Nothing comes and nothing is taken any more.
            run.room = 0
            for _ in 1...6 {
                if run.isReplyDue { run.reply() }
                run.endStream()
                if run.connection.wantsTurn { run.takeTurn() }
                run.pass(.seconds(61))
            }
            #expect(run.connection.isClosed, "seed \(seed), round \(round): \(run.connection.state)")
            for timeout in run.timeouts { ends[timeout.rawValue, default: 0] += 1 }
            if run.text.contains("HTTP/1.1 101") { ends["socket", default: 0] += 1 }
            if run.isStreamCut { ends["cut", default: 0] += 1 }
            if run.hasEndedOutput { ends["last answer", default: 0] += 1 }
        }
        #expect(Set(ends.keys) == ["idle", "head", "body", "write", "socket", "cut", "last answer"], "\(ends)")
    }

    @Test func `whatever a WebSocket's client sends in whatever pieces, it gets the same frames`() {
        var generator = SeededGenerator(seed: seed)
        var pongs = 0
        for round in 0..<rounds {
            let bytes = Array(String.handshake().utf8) + Self.frames(&generator)
            var whole = ConnectionRun()
            whole.arrive(bytes: bytes)
            whole.run()
            whole.upgrade()
            whole.run()
            whole.endStream()
            whole.finishSending()
            var parts = ConnectionRun()
            Self.sendFrames(&parts, bytes, &generator)
            let place: Comment = "seed \(seed), round \(round)"
            #expect(parts.sent == whole.sent, place)
            #expect(parts.hasEndedOutput && whole.hasEndedOutput, place)
            #expect(parts.connection.isClosed && whole.connection.isClosed, place)
            pongs += whole.frames.first == 0x8A ? 1 : 0
        }
        #expect(pongs > rounds / 4)
    }

    // MARK: - What is sent

    private static let samples: [String] = [
        .get("/now"), .get("/later"), .get("/stream"), .get("/now", "Connection: close"), .get("/bad"),
        "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a HTTP/1.0\r\n\r\n",
        .post("/a", "hello"), .post("/later", "hello", length: nil, "Expect: 100-continue"), .post("/refuse", "hello"),
        .post("/now", "hello"), .post("/a", "hello", length: 9), .post("/a", String(repeating: "x", count: 1001)),
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x\r\n me\r\n0\r\nX: 1\r\n\r\n",
        "POST /stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "\r\n", "G@T",
        .get("/" + String(repeating: "a", count: 9000)),
    ]

    /// A few requests behind each other, of which some are harmed.
    private static func requests(_ generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            bytes += Array((samples.randomElement(using: &generator) ?? "").utf8)
        }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
        }
        return bytes
    }

    /// What may come once a connection is a WebSocket.
    private static let frameSamples: [[UInt8]] = [
        ClientFrame.bytes(ClientFrame.ping), ClientFrame.bytes(ClientFrame.ping, "hello".utf8),
        ClientFrame.bytes(ClientFrame.pong), ClientFrame.bytes(ClientFrame.ping, [UInt8](repeating: 7, count: 125)),
    ]

    /// A few frames behind each other, mostly such as are taken.
    private static func frames(_ generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            bytes += frameSamples.randomElement(using: &generator) ?? []
        }
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
        case 1: bytes += ClientFrame.close(1000)
        case 2: bytes += ClientFrame.bytes(ClientFrame.text, "hello".utf8)
        default: break
        }
        return bytes
    }

    /// Sends a handshake and frames in pieces, to a socket that takes little, and ends the WebSocket behind them.
    private static func sendFrames(_ run: inout ConnectionRun, _ bytes: [UInt8], _ generator: inout SeededGenerator) {
        var left = bytes[...]
        while !left.isEmpty || run.isReadable || run.isReplyDue || run.connection.wantsTurn {
            run.room = Int.random(in: 0...100, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0:
                let piece = left.prefix(.random(in: 1...100, using: &generator))
                left = left.dropFirst(piece.count)
                run.arrive(bytes: Array(piece))
            case 1: if run.isReadable { run.readable() }
            case 2: if run.isWritable { run.write() }
            case 3: run.takeTurn()
            default: if run.isUpgradeDue { run.upgrade() }
            }
        }
        run.room = .max
        run.endStream()
        run.run()
        run.finishSending()
    }

    private static let streamed = (1...20).map { "data: \($0)\n\n" }

    /// Whether an answer was due; a stream is all of `streamed`.
    private static func answer(_ run: inout ConnectionRun) -> Bool {
        guard run.isReplyDue else { return false }
        guard run.isStreamDue else {
            run.reply()
            return true
        }
        run.stream()
        for text in streamed { run.feed(text) }
        run.endStream()
        return true
    }

    /// Sends `bytes` in pieces to a service that is slow and from a socket that takes little.
    private static func feedInParts(_ run: inout ConnectionRun, _ bytes: [UInt8], _ generator: inout SeededGenerator) {
        var left = bytes[...]
        var toStream = streamed[...]
        var hasEnd = false
        while !run.connection.isClosed {
            run.room = Int.random(in: 0...100, using: &generator)
            switch Int.random(in: 0..<7, using: &generator) {
            case 0:
                let piece = left.prefix(.random(in: 1...100, using: &generator))
                left = left.dropFirst(piece.count)
                run.arrive(bytes: Array(piece))
            case 1: if run.isReadable { run.readable() }
            case 2: if run.isWritable { run.write() }
            case 3: run.takeTurn()
            case 4:
                if run.isStreamDue {
                    run.stream()
                } else if run.isReplyDue {
                    run.reply()
                }
            case 5:
                if !run.connection.isStreaming { continue }
                if let text = toStream.popFirst() { run.feed(text) } else { run.endStream() }
            default:
                if left.isEmpty, !hasEnd {
                    hasEnd = true
                    run.finishSending()
                }
            }
        }
    }

    /// Anything that may happen to a connection, in any order.
    private static func happen(_ run: inout ConnectionRun, _ generator: inout SeededGenerator) {
        run.room = Int.random(in: 0...200, using: &generator)
        switch Int.random(in: 0..<16, using: &generator) {
        case 0...4:
            let all = samples.map { Array($0.utf8) } + [Array(String.handshake().utf8)]
            let bytes = (run.connection.isWebSocket ? frameSamples : all).randomElement(using: &generator) ?? []
            run.arrive(bytes: Array(bytes.prefix(.random(in: 1...200, using: &generator))))
        case 5...7: if run.isReadable { run.readable() }
        case 8: if run.isWritable { run.write() }
        case 9: run.takeTurn()
        case 10: run.reply()
        case 11: if run.isUpgradeDue { run.upgrade() } else { run.stream() }
        case 12: run.feed(String(repeating: "x", count: .random(in: 0...40_000, using: &generator)))
        case 13: run.pass(.seconds(Int.random(in: 0...8, using: &generator)))
        case 14: if Int.random(in: 0..<20, using: &generator) == 0 { run.drain() } else { run.readable() }
        default: if Int.random(in: 0..<20, using: &generator) == 0 { run.readable(hungUp: true) } else { run.run() }
        }
    }
}
