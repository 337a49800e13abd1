import Testing

@testable import Queue
@testable import Worker

@Suite struct RetryPolicyTests {
    let policy = RetryPolicy(maxRetries: 3, backoff: .seconds(15))

    @Test(arguments: [(0, 15.0), (1, 30), (2, 60)])
    func `a wait is jittered fully below its doubling bound`(retries: Int, bound: Double) throws {
        var generator = SystemRandomNumberGenerator()
        let waits = try (0..<500).map { _ in
            try #require(policy.delay(afterRetries: retries, using: &generator)) / .seconds(1)
        }
        #expect(waits.allSatisfy { (0...bound).contains($0) })
        #expect(waits.contains { $0 < bound * 0.2 })
        #expect(waits.contains { $0 > bound * 0.8 })
    }

    @Test func `no retry is left after the last`() {
        var generator = SystemRandomNumberGenerator()
        #expect(policy.delay(afterRetries: 3, using: &generator) == nil)
    }

    @Test func `no wait is longer than the ceiling, however many retries`() throws {
        let patient = RetryPolicy(maxRetries: 100, backoff: .seconds(15))
        var generator = SystemRandomNumberGenerator()
        let waits = try (0..<200).map { _ in try #require(patient.delay(afterRetries: 90, using: &generator)) }
        #expect(waits.allSatisfy { $0 <= .seconds(600) })
        #expect(waits.contains { $0 > .seconds(400) })
    }
}
