import Base
import Database
import Inspect
import JSON

/// Reads the overview for everybody: once a second while somebody looks, and never twice at once.
actor OverviewSource {
    struct Snapshot: Sendable {
        /// Nil while nothing was read yet.
        var reading: OverviewReading?
        /// Why there is nothing newer, in a sentence.
        var problem: String?
    }

    private let connection: Connection
    private let site: Site
    private var snapshot = Snapshot()
    private var readAt: ContinuousClock.Instant?
    private var slow: (value: OverviewReading.Slow, readAt: ContinuousClock.Instant)?
    private var running: Task<Snapshot, Never>?

    /// The shortest time from one reading to the next; slow parts are as old as `slowPause` at most.
    private static let pause: Duration = .milliseconds(900)
    private static let slowPause: Duration = .seconds(15)

    init(_ database: DatabaseConfig, site: Site) {
        var database = database
        database.applicationName = "plane-worker dashboard"
        database.connectTimeout = .seconds(2)
        database.statementTimeout = .seconds(1)
        connection = Connection(database)
        self.site = site
    }

    /// The newest figures; those who ask while they are read wait for the same ones.
    func current() async -> Snapshot {
        if let running { return await running.value }
        if let readAt, .now - readAt < Self.pause { return snapshot }
        let task = Task { await read() }
        running = task
        let value = await task.value
        running = nil
        return value
    }

    private func read() async -> Snapshot {
        do {
            let status = try await connection.statusReading()
            let latest = try await connection.events(limit: OverviewView.latestCount)
            let slow = try await slowParts()
            snapshot = Snapshot(reading: OverviewReading(status: status, latest: latest, slow: slow))
        } catch let error as DatabaseError {
            snapshot.problem = Self.sentence(error)
        } catch {
            snapshot.problem = "The figures could not be read."
        }
        readAt = .now
        return snapshot
    }

    private func slowParts() async throws -> OverviewReading.Slow {
        if let slow, .now - slow.readAt < Self.slowPause { return slow.value }
        let value = try await connection.overviewSlowParts(checks: CheckedFinding.all(over: connection))
        slow = (value, .now)
        return value
    }

    private static func sentence(_ error: DatabaseError) -> String {
        if error.sqlState == "42501" { return "This program's role lacks a right: see sql/roles.sql." }
        return error.cause == .timeout
            ? "The database takes longer than a second to count." : "The database does not answer."
    }

    /// The overview's parts for the stream, and which events are new.
    func messages() async -> [Broadcaster.Message] {
        let snapshot = await current()
        // Times are right to ten seconds, so that they alone are no news; the script of the page keeps them.
        let now = Timestamp(microseconds: Timestamp.now.microseconds / 10_000_000 * 10_000_000)
        let parts = OverviewView(snapshot: snapshot, site: site, now: now).parts.map { part in
            Broadcaster.Message(
                id: part.id,
                text: JSONValue.object([
                    "id": .string(part.id), "html": .string(String(decoding: part.html.bytes, as: UTF8.self)),
                ]).text
            )
        }
        guard let latest = snapshot.reading?.latest else { return parts }
        let events = JSONValue.array(latest.map { .string($0.id.text) })
        return parts + [
            Broadcaster.Message(
                id: "arrived",
                text: JSONValue.object(["id": .string("arrived"), "events": events]).text
            )
        ]
    }
}
