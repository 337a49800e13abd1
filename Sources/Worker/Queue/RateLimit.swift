import Database

/// Events per minute of one GitHub repository: it delays, never drops.
///
/// What is counted are deliveries that reach a worker. One that turns out superseded or ignored has used its turn all
/// the same; a run after a failure, a crash or a release needs none. A replay and GitHub's redelivery of a failed one
/// count again: a thousand of them at once are as much of a flood as a thousand new ones.
package struct RateLimit: Sendable, Equatable {
    /// The steady pace; at least 1.
    package let perMinute: Int
    /// Events that may run at once after a quiet time; at least 1.
    package let burst: Int

    package init(perMinute: Int, burst: Int) {
        self.perMinute = perMinute
        self.burst = burst
    }
}

extension RateLimit: RowDecodable {
    package init(row: Row) throws {
        perMinute = try row.get("per_minute")
        burst = try row.get("burst")
    }
}
