import Foundation
import TestSupport
import Testing

/// Mutated requests against the parser: HTTP_FUZZ_SEED repeats a run, HTTP_FUZZ_ROUNDS makes it longer.
@Suite struct HTTPParserFuzzTests {
    @Test func `mutated requests never crash, and mean the same however they are cut`() {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["HTTP_FUZZ_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999)
        let rounds = environment["HTTP_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 4000
        print("HTTP_FUZZ_SEED=\(seed) HTTP_FUZZ_ROUNDS=\(rounds)")
        var generator = SeededGenerator(seed: seed)
        let samples = HTTPVector.all.map(\.bytes).filter { $0.count < 4096 }
        var dispatched = 0
        var refused = 0
        for round in 0..<rounds {
            guard var bytes = samples.randomElement(using: &generator) else { return }
            for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.mutate(&bytes, samples, &generator) }
            let whole = ParserRun(bytes)
            let cuts = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
                Int.random(in: 0...bytes.count, using: &generator)
            }
            #expect(ParserRun(bytes, cuts: cuts.sorted()) == whole, "seed \(seed), round \(round)")
            // The shortest request is `G / HTTP/1.0` and an empty line: no byte may serve two requests.
            #expect(whole.requests.count * 16 <= bytes.count, "seed \(seed), round \(round)")
            #expect(whole.requests.allSatisfy { $0.body.count <= 1000 }, "seed \(seed), round \(round)")
            dispatched += whole.requests.count
            refused += whole.refusal == nil ? 0 : 1
        }
        // A fuzzer that reaches one side only tests nothing.
        #expect(dispatched > rounds / 20)
        #expect(refused > rounds / 20)
    }

    private static let nasty: [String] = [
        "\r\n", "\r", "\n", "\0", " ", "\t", ":", ";", "0", "F", "\r\n\r\n", "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "HTTP/1.0", "-", "+", "chunked", "\u{FF}",
    ]

    private static func mutate(_ bytes: inout [UInt8], _ samples: [[UInt8]], _ generator: inout SeededGenerator) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0:
            if place < bytes.count { bytes[place] = .random(in: 0...255, using: &generator) }
        case 1:
            if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
        case 2:
            bytes.removeSubrange(place..<min(bytes.count, place + .random(in: 1...8, using: &generator)))
        case 3:
            bytes.insert(contentsOf: (nasty.randomElement(using: &generator) ?? "").utf8, at: place)
        case 4:
            let end = min(bytes.count, place + .random(in: 1...40, using: &generator))
            bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
        default:
            bytes += samples.randomElement(using: &generator) ?? []
        }
    }
}
