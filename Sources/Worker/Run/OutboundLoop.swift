import Base
import Database
import Foundation
import GitHubClient
import Outbound
import Queue

/// Looks for what people changed in Plane, and brings it to GitHub, beside the events: each process one object at a time.
///
/// GitHub wants writes one after the other and a second apart, so more at once would only wait for each other.
struct OutboundLoop: Sendable {
    let database: DatabaseConfig
    let github: GitHubConfig
    let identity: ProcessIdentity
    let pages: PlanePages?
    /// Extended while an object is worked on.
    let lease: Duration
    let metrics: WorkerMetrics
    let log: Log

    /// Leases that may run out before an object is given up.
    private static let crashLimit = 10
    /// From one look to the next, unless looks take long.
    private static let pause = Duration.seconds(2)
    /// From one question whether Plane's webhook named something to the next.
    private static let wakePause = Duration.milliseconds(500)

    /// Runs until the task is cancelled, and gives back what is not finished.
    func run() async {
        let connection = Connection(database)
        let sender = OutboundSender(
            GitHubClient(github, sharing: Connection(database)),
            connection,
            ids: EventIDGenerator(),
            pages: pages,
            log: log
        )
        async let looks: Void = look()
        var idle = Backoff(from: .milliseconds(200), to: .milliseconds(500))
        while !Task.isCancelled {
            let token = UUID()
            do {
                if let object = try await connection.claimObject(
                    worker: identity.id,
                    lease: lease,
                    token: token
                ) {
                    idle.reset()
                    let ending = try await connection.keeping(
                        token,
                        lease: lease,
                        timeLimit: OutboundSender.timeLimit,
                        in: .outbound
                    ) { try await sender.run(object, token: token) }
                    if let ending { metrics.count(ending, of: object.kind) }
                    continue
                }
            } catch {
                log(.warning, "an object could not be worked on", error: error)
                metrics.count(error)
            }
            try? await Task.sleep(for: idle.next())
        }
        await looks
    }

    /// Looks at Plane's rows, and takes back the objects of dead workers.
    private func look() async {
        let connection = Connection(database)
        var next = ContinuousClock.now
        while !Task.isCancelled {
            do {
                let wakes = try await connection.wakes()
                if !wakes.isEmpty, let look = try await connection.look(at: wakes) {
                    try await connection.remove(wakes)
                    report(look)
                }
                if ContinuousClock.now >= next {
                    let look = try await connection.look()
                    metrics.looks.add(look == nil ? .skipped : .looked)
                    if let look { report(look) }
                    // Jitter, so that a fleet does not look in step.
                    next = ContinuousClock.now + Self.pause * Double.random(in: 0.7...1.3)
                }
                let rescued = try await connection.rescue(
                    crashLimit: Self.crashLimit,
                    in: .outbound,
                    as: RescuedObject.self
                )
                for object in rescued { log(.warning, "took back an object whose lease ran out", object.logKeys) }
            } catch {
                log(.warning, "Plane's rows could not be looked at", error: error)
                metrics.count(error)
            }
            try? await Task.sleep(for: Self.wakePause)
        }
    }

    private func report(_ look: OutboundLook) {
        if look.found > 0 { log(.debug, "objects in Plane have changed", [.count: look.found]) }
    }
}
