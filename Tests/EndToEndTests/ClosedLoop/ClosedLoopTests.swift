import Foundation
import TestSupport
import Testing

/// Whatever happens on the way, both sides end equal once nobody edits any more: the real programs between Plane's rows
/// and a GitHub of the test's own.
///
/// `CLOSED_LOOP_SEED` repeats the choices of one repository, though not its timing; `CLOSED_LOOP_COUNT` is the number of
/// repositories. By default there are 50 with few edits, and of the tests that take long 500 with more.
@Suite struct ClosedLoopTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let scale: ClosedLoop.Scale = TestEnvironment.includesFaults ? .long : .short

    private static var seeds: [UInt64] {
        if let seed = environment["CLOSED_LOOP_SEED"].flatMap(UInt64.init) { return [seed] }
        let count = environment["CLOSED_LOOP_COUNT"].flatMap(UInt64.init) ?? scale.seeds
        let first = UInt64.random(in: 0..<1_000_000)
        return Array(first..<(first + count))
    }

    @Test(.timeLimit(.minutes(120)))
    func `after edits on both sides in bad weather both are equal, and the writing stops`() async throws {
        var seeds = Self.seeds[...]
        while !seeds.isEmpty {
            let outcome = try await ClosedLoop.run(Array(seeds.prefix(Self.atOnce)), Self.scale)
            print(outcome.line)
            #expect(outcome.problems.isEmpty, "\(outcome.line)\n\(outcome.problems.joined(separator: "\n"))")
            seeds = seeds.dropFirst(Self.atOnce)
        }
    }

    /// Repositories that the same programs work for.
    private static let atOnce = 50
}
