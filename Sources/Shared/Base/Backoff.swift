/// Exponential backoff with equal jitter: a random wait between half the bound and the bound, which doubles each time.
///
/// The jitter keeps programs that lost their database together from coming back together.
package struct Backoff: Sendable {
    private let floor: Duration
    private let ceiling: Duration
    private var bound: Duration

    package init(from floor: Duration, to ceiling: Duration) {
        self.floor = floor
        self.ceiling = ceiling
        bound = floor
    }

    package mutating func next() -> Duration {
        defer { bound = min(bound * 2, ceiling) }
        return bound * Double.random(in: 0.5...1)
    }

    /// Starts again from the floor, once something succeeded.
    package mutating func reset() { bound = floor }
}
