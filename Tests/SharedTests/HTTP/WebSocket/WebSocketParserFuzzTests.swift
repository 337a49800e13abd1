import Foundation
import TestSupport
import Testing

@testable import HTTP

/// Mutated frames against the parser: HTTP_FUZZ_SEED repeats a run, HTTP_FUZZ_ROUNDS makes it longer.
@Suite struct WebSocketParserFuzzTests {
    @Test func `mutated frames never crash, and mean the same however they are cut`() {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["HTTP_FUZZ_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999)
        let rounds = environment["HTTP_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 4000
        print("HTTP_FUZZ_SEED=\(seed) HTTP_FUZZ_ROUNDS=\(rounds)")
        var generator = SeededGenerator(seed: seed)
        var counts: [String: Int] = [:]
        for round in 0..<rounds {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...5, using: &generator) { bytes += Self.frame(&generator) }
            for _ in 0..<Int.random(in: 0...2, using: &generator) { Self.mutate(&bytes, &generator) }
            let whole = WebSocketParserTests.events(of: bytes)
            let cuts = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
                Int.random(in: 0...bytes.count, using: &generator)
            }
            let place: Comment = "seed \(seed), round \(round)"
            #expect(WebSocketParserTests.events(of: bytes, cuts: cuts.sorted()) == whole, place)
            // The shortest whole frame of a client is 6 bytes, and a refusal takes one at least.
            #expect(whole.count * 6 <= bytes.count + 5, place)
            for event in whole {
                counts[Self.name(event), default: 0] += 1
                if case .ping(let payload) = event, payload.count > 125 { Issue.record(place) }
            }
        }
        // A fuzzer that does not reach all sides tests little.
        #expect(
            Set(counts.keys) == ["ping", "pong", "close", "1002", "1003", "1007", "1009"],
            "\(counts), seed \(seed)"
        )
    }

    private static func name(_ event: WebSocketParser.Event) -> String {
        switch event {
        case .ping: "ping"
        case .pong: "pong"
        case .close: "close"
        case .refused(let code): "\(code.rawValue)"
        }
    }

    /// A frame that is mostly one of those that are taken.
    private static func frame(_ generator: inout SeededGenerator) -> [UInt8] {
        let payload = (0..<Int.random(in: 0...125, using: &generator)).map { _ in
            UInt8.random(in: 0...255, using: &generator)
        }
        switch Int.random(in: 0..<12, using: &generator) {
        case 0...4: return ClientFrame.bytes(ClientFrame.ping, payload)
        case 5...7: return ClientFrame.bytes(ClientFrame.pong, payload)
        case 8: return ClientFrame.close(.random(in: 990...1020, using: &generator), Array("bye".utf8))
        case 9: return ClientFrame.close(1000, Array(payload.prefix(123)))
        case 10: return ClientFrame.bytes(.random(in: 0...15, using: &generator), payload)
        default:
            return ClientFrame.bytes(
                ClientFrame.text,
                [UInt8](repeating: 97, count: .random(in: 0...5000, using: &generator))
            )
        }
    }

    private static func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = .random(in: 0...255, using: &generator)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: if bytes.count > 8 { bytes.removeSubrange(place..<min(bytes.count - 1, place + 4)) }
        default: bytes.insert(.random(in: 0...255, using: &generator), at: place)
        }
    }
}
