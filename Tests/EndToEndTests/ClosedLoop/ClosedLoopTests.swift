import Foundation
import TestSupport
import Testing

/// Whatever happens on the way, both sides end equal once nobody edits any more: the real programs between Plane's rows
/// and a GitHub of the test's own.
///
/// `CLOSED_LOOP_SEED` repeats the choices of one run, though not its timing; `CLOSED_LOOP_COUNT` is the number of runs.
@Suite struct ClosedLoopTests {
    private static let environment = ProcessInfo.processInfo.environment

    private static var seeds: [UInt64] {
        if let seed = environment["CLOSED_LOOP_SEED"].flatMap(UInt64.init) { return [seed] }
        let count = environment["CLOSED_LOOP_COUNT"].flatMap(UInt64.init) ?? (TestEnvironment.includesFaults ? 100 : 3)
        let first = UInt64.random(in: 0..<1_000_000)
        return Array(first..<(first + count))
    }

    @Test(.timeLimit(.minutes(60)))
    func `after edits on both sides in bad weather both are equal, and the writing stops`() async throws {
        var seeds = Self.seeds[...]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in seeds.prefix(Self.atOnce) { group.addTask { try await Self.run(seed) } }
            seeds = seeds.dropFirst(Self.atOnce)
            while try await group.next() != nil {
                if let seed = seeds.popFirst() { group.addTask { try await Self.run(seed) } }
            }
        }
    }

    /// Each has seven processes that mostly wait.
    private static let atOnce = 3

    private static func run(_ seed: UInt64) async throws {
        let outcome = try await ClosedLoop.run(seed)
        print(outcome.line)
        #expect(outcome.problems.isEmpty, "seed \(seed):\n\(outcome.problems.joined(separator: "\n"))")
    }
}
