/// Growing waits with full jitter, so that a fleet that lost its database does not come back in step.
struct Pause: Sendable {
    let floor: Duration
    let ceiling: Duration
    private var bound: Duration

    init(from floor: Duration, to ceiling: Duration) {
        self.floor = floor
        self.ceiling = ceiling
        bound = floor
    }

    /// The next wait: at least half of a bound that doubles each time.
    mutating func next() -> Duration {
        defer { bound = min(bound * 2, ceiling) }
        return bound * Double.random(in: 0.5...1)
    }

    mutating func reset() { bound = floor }

    /// Waits, also in a task that was cancelled: what is in hand at a stop may still be finished.
    mutating func sleep() async {
        let duration = next()
        await Task { () -> Void in try? await Task.sleep(for: duration) }.value
    }
}
