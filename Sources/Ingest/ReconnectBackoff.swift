/// How long to wait before trying the database again.
struct ReconnectBackoff {
    private static let ceiling = Duration.seconds(1)
    private var bound = Duration.milliseconds(25)

    /// Twice as long each time, with half of it left to chance, so that writers do not come back together.
    mutating func next() -> Duration {
        defer { bound = min(bound * 2, Self.ceiling) }
        return bound * Double.random(in: 0.5...1)
    }
}
