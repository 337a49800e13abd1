import Foundation

/// How many random texts a test tries, and which.
///
/// FUZZ_COUNT is how many, FUZZ_SEED the seed of the first one. The second one has the next seed, so each text can be
/// repeated alone. Who tries many has to let other tests go on in between (`Task.yield`): a test that computes holds one
/// of few threads.
package struct Fuzz {
    package let count: Int
    private let first: UInt64

    /// Tries `few` texts, or 20,000 where tests may take long, unless the environment says how many.
    package init(_ name: String, few: Int) {
        let environment = ProcessInfo.processInfo.environment
        count = environment["FUZZ_COUNT"].flatMap(Int.init) ?? (TestEnvironment.includesFaults ? 20_000 : few)
        first = environment["FUZZ_SEED"].flatMap(UInt64.init) ?? .random(in: 0...UInt64.max >> 1)
        print("\(name): FUZZ_SEED=\(first) FUZZ_COUNT=\(count)")
    }

    package var seeds: Range<UInt64> { first..<first + UInt64(count) }
}
