/// Whether and when a failed event runs again: Celery's exponential back-off with full jitter.
package struct RetryPolicy: Sendable, Equatable {
    /// Retries after the first run; Celery's `max_retries`.
    package let maxRetries: Int
    /// The wait's bound after the first failure; Celery's `retry_backoff`.
    let backoff: Duration
    /// Celery's `retry_backoff_max`.
    var ceiling: Duration = .seconds(600)

    package init(maxRetries: Int, backoff: Duration, ceiling: Duration = .seconds(600)) {
        self.maxRetries = maxRetries
        self.backoff = backoff
        self.ceiling = ceiling
    }

    /// The wait before the next run, or nil when none is left.
    ///
    /// Full jitter, so that events that failed together do not come back together.
    /// `retries` are those used so far: 0 after the first run.
    package func delay(afterRetries retries: Int, using generator: inout some RandomNumberGenerator) -> Duration? {
        guard retries < maxRetries else { return nil }
        let bound = min(ceiling, backoff * (1 << min(retries, 20)))
        return bound * Double.random(in: 0...1, using: &generator)
    }
}
