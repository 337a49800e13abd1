import Base

/// Where deliveries go while the database does not answer.
struct SpoolConfig: Sendable, Equatable {
    let directory: String
    /// Of all segments together.
    let maxBytes: Int
    /// How long the database may leave a delivery unanswered before it goes to the spool.
    let patience: Duration

    /// Nil unless `INGEST_SPOOL_DIR` is set.
    init?(_ environment: Environment, storeLimit: Duration) throws(Environment.Problem) {
        maxBytes = try environment.int("INGEST_SPOOL_MAX_BYTES", in: (1 << 20)...(1 << 40), default: 1 << 30)
        patience = try environment.seconds(
            "INGEST_SPOOL_AFTER",
            in: 0.1...20,
            default: min(.seconds(2), storeLimit / 2)
        )
        guard let directory = environment.string("INGEST_SPOOL_DIR") else { return nil }
        self.directory = directory
        guard patience < storeLimit else {
            throw Environment.Problem(
                """
                INGEST_SPOOL_AFTER is \(patience / .seconds(1)), expected less than INGEST_STORE_SECONDS \
                (\(storeLimit / .seconds(1)))
                """
            )
        }
    }
}
