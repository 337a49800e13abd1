import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Run
@testable import Worker

@Suite struct ListenerTests {
    private static let log = Log(level: .error)
    /// Far more than a wake-up takes on the busiest machine: a wait that lasts so long was not ended by anybody.
    private static let limit = Duration.seconds(60)

    @Test func `only a notification ends the wait for the next poll`() async throws {
        try await TestDatabase.with { database in
            let wakeUp = WakeUpSignal()
            let listening = Task {
                await Listener(connection: database.connection("listener"), wakeUp: wakeUp, log: Self.log).run()
            }
            let isListening = try await eventually { try await database.connection().hasListener() }
            #expect(isListening)
            // Longer than the listener waits at a time.
            #expect(await Self.wait(for: wakeUp, upTo: .seconds(1)) >= .seconds(1))
            try await database.connection().execute("select pg_notify('github_sync_events', '')")
            #expect(await Self.wait(for: wakeUp, upTo: Self.limit) < Self.limit)
            listening.cancel()
            await listening.value
        }
    }

    @Test func `a signal nobody waits for ends the next wait`() async {
        let wakeUp = WakeUpSignal()
        wakeUp.send()
        #expect(await Self.wait(for: wakeUp, upTo: Self.limit) < Self.limit)
        #expect(await Self.wait(for: wakeUp, upTo: .milliseconds(10)) >= .milliseconds(10))
    }

    @Test func `a cancelled task does not wait`() async {
        let waiting = Task { await Self.wait(for: WakeUpSignal(), upTo: Self.limit) }
        waiting.cancel()
        #expect(await waiting.value < Self.limit)
    }

    /// How long it lasted.
    private static func wait(for wakeUp: WakeUpSignal, upTo limit: Duration) async -> Duration {
        await ContinuousClock().measure { await wakeUp.wait(upTo: limit) }
    }
}

extension Connection {
    fileprivate func hasListener() throws -> Bool {
        try run(
            """
            select exists (
                select from pg_stat_activity
                where datname = current_database() and application_name = 'listener' and query like 'listen %'
                  and state = 'idle'
            ) as there
            """
        )[0].get("there")
    }
}
