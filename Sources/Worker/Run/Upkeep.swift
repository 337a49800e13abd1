import Shared

/// What a process does beside its events: renews its leases, shows that it lives, takes back what dead workers held.
struct Upkeep: Sendable {
    let config: WorkerConfig
    let identity: WorkerIdentity
    let leases: Leases
    let connection: Connection
    let readiness: WorkerReadiness
    let metrics: WorkerMetrics
    let log: Log

    /// Leases that may run out before an event is given up.
    static let crashLimit = 3

    /// Runs until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                try await round()
            } catch {
                log(.warning, "leases could not be renewed", error: error)
                metrics.note(error)
            }
            // Jitter, so that a fleet does not rescue in step.
            try? await Task.sleep(for: config.lease * Double.random(in: 0.25...0.33))
        }
    }

    private func round() async throws {
        let held = leases.held.map(\.token)
        if !held.isEmpty { _ = try await connection.renew(held, lease: config.lease) }
        leases.noteRenewal()
        try await connection.beat(identity, concurrency: config.concurrency)
        readiness.succeeded(at: .now)
        let rescued = try await connection.rescue(crashLimit: Self.crashLimit)
        metrics.rescued.add(.pending, rescued.pending)
        metrics.rescued.add(.failed, rescued.failed)
        if rescued.pending + rescued.failed > 0 {
            log(.warning, "took back events whose lease ran out", [.count: rescued.pending + rescued.failed])
        }
    }
}
