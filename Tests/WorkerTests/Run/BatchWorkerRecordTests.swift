import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Queue
@testable import Run
@testable import Worker

/// Outcomes that are written after a sync failed: they count, and the log says what is in the database.
@Suite struct BatchWorkerRecordTests {
    private let metrics = WorkerMetrics(
        leases: Leases(lease: .seconds(60), timeLimit: .seconds(300)),
        slots: 1,
        queue: QueueGauges(DatabaseConfig(url: Secret("postgres://nobody@127.0.0.1:1/none"), applicationName: "test"))
    )
    private let lines = Lines()

    private final class Lines: Sendable {
        private let text = Mutex("")
        func add(_ line: [UInt8]) { text.withLock { $0 += String(decoding: line, as: UTF8.self) } }
        func contains(_ words: String) -> Bool { text.withLock { $0.contains(words) } }
    }

    private func worker(_ connection: Connection) -> BatchWorker {
        let lines = lines
        return BatchWorker(
            connection: connection,
            retries: RetryPolicy(maxRetries: 3, backoff: .seconds(15)),
            metrics: metrics,
            log: Log { lines.add($0) }
        )
    }

    /// One event that Plane's table refuses, claimed.
    private static func failing(_ bench: SyncBench) async throws -> Claim {
        try await bench.connection.execute("alter table public.issues add constraint none check (false) not valid")
        try await bench.deliver(SampleIssue(1).event("opened"))
        return try await bench.connection.claim(limit: 1, worker: "w", lease: .seconds(60), maxRetries: 3)
    }

    @Test func `a reason with what PostgreSQL does not store is cleaned and cut`() async throws {
        try await SyncBench.with { bench in
            let id = try await bench.deliver(SampleIssue(1).event("opened"))
            let claim = try await bench.connection.claim(limit: 1, worker: "w", lease: .seconds(60), maxRetries: 3)
            let long = "a\u{0}b" + String(repeating: "e\u{301}\u{302}", count: 5_000)
            #expect(try await bench.connection.finish(id, .retry(after: .zero, reason: long), token: claim.token))
            let event = try await bench.event(id)
            #expect(event.retries == 1)
            #expect(event.error?.unicodeScalars.starts(with: "abe\u{301}".unicodeScalars) == true)
            #expect(event.error?.unicodeScalars.count == 2000)
        }
    }

    @Test func `an attempt counts though its reason cannot be stored`() async throws {
        try await SyncBench.with { bench in
            let claim = try await Self.failing(bench)
            try await bench.connection.refuseMessages("new.error_message like '%23514%'")
            #expect(await worker(bench.connection).work(on: claim) == .recorded)
            let event = try await bench.event(claim.events[0].id)
            #expect(event.status == .pending)
            #expect(event.retries == 1)
            #expect(event.error?.contains("the reason could not be stored") == true)
            #expect(metrics.syncs.value(.retried) == 1)
            #expect(lines.contains("an event failed and will run again"))
        }
    }

    @Test func `an attempt that cannot be recorded at all is not told of as one, and its lease runs out`() async throws
    {
        try await SyncBench.with { bench in
            let claim = try await Self.failing(bench)
            try await bench.connection.refuseMessages("new.error_message is not null")
            #expect(await worker(bench.connection).work(on: claim) == .unrecorded)
            #expect(try await bench.event(claim.events[0].id).status == .processing)
            #expect(metrics.syncs.value(.retried) == 0)
            #expect(!lines.contains("will run again"))
            #expect(lines.contains("the lease of an event is left to run out"))
        }
    }

    @Test func `a failure of an event that another worker has by then is not told of as one`() async throws {
        try await SyncBench.with { bench in
            let claim = try await Self.failing(bench)
            // The transaction still holds the row when it fails; somebody else has it a moment later.
            try await bench.connection.loseEventsWhenTold()
            #expect(await worker(bench.connection).work(on: claim) == .recorded)
            #expect(metrics.syncs.value(.retried) == 0)
            #expect(metrics.lostClaims.value == 1)
            #expect(lines.contains("an event has another owner"))
            #expect(!lines.contains("will run again"))
        }
    }

    @Test func `a lease that is to run out is neither renewed nor given back until it has`() async throws {
        let leases = Leases(lease: .milliseconds(100), timeLimit: .seconds(300))
        let claim = Claim(token: UUID(), events: [])
        leases.hold(claim)
        leases.leaveToExpire(claim)
        #expect(leases.held.isEmpty)
        #expect(leases.tokens == [claim.token])
        #expect(try await eventually { leases.tokens.isEmpty })
    }
}

extension Connection {
    /// Makes the table refuse events of which `condition` holds.
    fileprivate func refuseMessages(_ condition: String) throws {
        try runScript(
            """
            create function public.refuse() returns trigger language plpgsql as $$
            begin
                if \(condition) then raise exception 'refused' using errcode = '22021'; end if;
                return new;
            end $$;
            create trigger refuse before update on github_sync.github_webhook_events
            for each row execute function public.refuse();
            """,
            within: .seconds(5)
        )
    }

    /// The first write of a failure finds no row of its own.
    fileprivate func loseEventsWhenTold() throws {
        try runScript(
            """
            create function public.lose() returns trigger language plpgsql as $$ begin return null; end $$;
            create trigger lose before update on github_sync.github_webhook_events
            for each row when (new.error_message is not null) execute function public.lose();
            """,
            within: .seconds(5)
        )
    }
}
