import Foundation
import Shared
import TestSupport
import Testing

@testable import Worker

@Suite struct ListenerTests {
    private static let log = Log(level: .error)

    @Test(.timeLimit(.minutes(15))) func `a notification ends the wait for the next poll`() async throws {
        try await TestDatabase.with { database in
            let wakeUp = WakeUp()
            let listening = Task {
                await Listener(connection: database.connection("listener"), wakeUp: wakeUp, log: Self.log).run()
            }
            let isListening = try await eventually { try await database.connection().hasListener() }
            #expect(isListening)
            let waiting = Task { await wakeUp.wait(upTo: .seconds(600)) }
            try await database.connection().execute("select pg_notify('github_sync_events', '')")
            // Only the notification can end it within the time limit.
            await waiting.value
            listening.cancel()
            await listening.value
        }
    }

    @Test func `a signal nobody waits for ends the next wait`() async {
        let wakeUp = WakeUp()
        wakeUp.signal()
        let start = ContinuousClock.now
        await wakeUp.wait(upTo: .seconds(600))
        await wakeUp.wait(upTo: .milliseconds(10))
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test(.timeLimit(.minutes(15))) func `a cancelled task does not wait`() async {
        let wakeUp = WakeUp()
        let waiting = Task { await wakeUp.wait(upTo: .seconds(600)) }
        waiting.cancel()
        await waiting.value
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
