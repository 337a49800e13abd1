import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Inspect
@testable import Queue
@testable import Sync
@testable import Worker

/// The turns that events get under a rate limit.
@Suite struct ThrottleTests {
    @Test(arguments: [(perMinute: 60, burst: 5), (600, 1), (7, 3), (6000, 64)])
    func `a burst goes at once, the rest at the pace, in order`(perMinute: Int, burst: Int) async throws {
        try await ThrottleBench.with { bench in
            try await bench.limit(perMinute, burst: burst)
            try await bench.fill(64)
            let (ready, throttled) = try await bench.connection.throttle(bench.claim())
            #expect(Set(ready.events.map(\.deliveryID)) == Set((1...burst).map { "event \($0)" }))
            #expect(throttled == (burst < 64 ? [ThrottleBench.busy] : []))

            let turns = try await bench.turns()
            let exact = (1...64).map { max(0, Double($0 - burst)) * 60 / Double(perMinute) }
            #expect(turns.count == 64)
            for (turn, expected) in zip(turns, exact) { #expect(abs(turn - expected) < 0.00001) }
            let order = try await bench.names(.pending)
            #expect(order == (burst..<64).map { "event \($0 + 1)" })
        }
    }

    @Test func `what comes later waits behind what waits already, and a quiet time gives the burst back`() async throws
    {
        try await ThrottleBench.with { bench in
            try await bench.limit(60, burst: 2)
            try await bench.fill(4)
            #expect(try await bench.claimReady().count == 2)
            try await bench.fill(3, as: "late")
            #expect(try await bench.claimReady() == [])
            #expect(
                try await bench.names(.pending) == ["event 3", "event 4", "late 1", "late 2", "late 3"]
            )
            // The next free turn is 7 s after the first; a moment later the burst has come back, but no more than it.
            try await bench.database.connection().execute(
                "update github_sync.github_rate_limits set next_free_at = now() - interval '1 hour'"
            )
            try await bench.fill(5, as: "new")
            #expect(Set(try await bench.claimReady()) == ["new 1", "new 2"])
        }
    }

    @Test func `pending events are throttled after the claimed ones, if they are due and limited`() async throws {
        try await ThrottleBench.with { bench in
            try await bench.limit(60, burst: 70)
            try await bench.limit(60, burst: 1, repository: 900)
            try await bench.fill(200)
            try await bench.fill(10, repository: ThrottleBench.calm, as: "calm")
            try await bench.fill(10, repository: 900, as: "other")
            let (ready, throttled) = try await bench.connection.throttle(bench.claim())
            #expect(throttled.contains(ThrottleBench.busy) || ready.events.count == 64)
            #expect(try await bench.connection.throttlePending([ThrottleBench.busy]) > 0)
            #expect(try await bench.connection.throttlePending([ThrottleBench.busy]) == 0)

            let turns = try await bench.turns()
            #expect(turns.count == 200)
            // Two batches, so the first 70 are of two moments.
            for (place, turn) in turns.enumerated() where place >= 70 {
                #expect(abs(turn - Double(place - 69)) < 1)
                if place > 70 { #expect(abs(turn - turns[place - 1] - 1) < 0.00001) }
            }
            let touched: [Int] = try await bench.connection.values(
                """
                select count(*) as value from github_sync.github_webhook_events
                where repository_id <> \(ThrottleBench.busy) and status = 'pending' and (turn_at is not null or run_at > now())
                """
            )
            #expect(touched == [0])
        }
    }

    @Test func `a claim passes over throttled repositories, but not what has its turn, nor what has no repository`()
        async throws
    {
        try await ThrottleBench.with { bench in
            try await bench.limit(60, burst: 2)
            try await bench.fill(100)
            try await bench.fill(2, repository: ThrottleBench.calm, as: "calm")
            try await bench.database.connection().execute(
                """
                insert into github_sync.github_webhook_events (id, delivery_id, event_type, payload)
                values (gen_random_uuid(), 'nobody', 'issues', '{}')
                """
            )
            func claim() async throws -> Set<String> {
                let claim = try await bench.connection.claim(
                    limit: 64,
                    worker: "w",
                    lease: .seconds(60),
                    maxRetries: 3,
                    past: [ThrottleBench.busy]
                )
                return Set(claim.events.map(\.deliveryID))
            }
            #expect(try await claim() == ["calm 1", "calm 2", "nobody"])
            #expect(try await bench.connection.throttlePending([ThrottleBench.busy]) == 100)
            #expect(try await claim() == ["event 1", "event 2"])
            #expect(try await claim() == [])
        }
    }

    @Test func `four workers count each event once, lose none and take none twice`() async throws {
        try await ThrottleBench.with { bench in
            try await bench.limit(12_000, burst: 50)
            try await bench.limit(12_000, burst: 50, repository: ThrottleBench.calm)
            try await bench.fill(500)
            try await bench.fill(500, repository: ThrottleBench.calm, as: "calm")
            try await bench.database.connection().runScript(
                """
                create table public.turns_seen (event uuid, repository_id bigint, turn_at timestamptz);
                create function public.see() returns trigger language plpgsql security definer as $$
                begin
                    insert into public.turns_seen values (new.id, new.repository_id, new.turn_at);
                    return new;
                end $$;
                create trigger see after update on github_sync.github_webhook_events for each row
                when (old.turn_at is distinct from new.turn_at and new.turn_at is not null)
                execute function public.see();
                """,
                within: .seconds(5)
            )
            let workers = (1...4).map { bench.database.connection("worker \($0)", as: .worker) }
            for worker in workers { try await worker.execute("select 1") }  // all open before any claims

            let done = try await withThrowingTaskGroup(of: [String].self) { group in
                for worker in workers { group.addTask { try await worker.workOff() } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(done.count == 1000)
            #expect(Set(done).count == 1000)
            let seen: [Int] = try await bench.database.connection().values(
                """
                select unnest(array[count(*), count(distinct event)]) as value from public.turns_seen
                """
            )
            #expect(seen == [1000, 1000])
            // However slowly they are counted, and so a burst may come again: of 101 turns in a row no more than 50 are the
            // burst, and the others are the pace apart.
            let spans: [Double] = try await bench.database.connection().values(
                """
                select extract(epoch from turn_at - before)::float8 as value
                from (
                    select turn_at, lag(turn_at, 100) over (partition by repository_id order by turn_at) as before
                    from public.turns_seen
                ) as seen
                where before is not null
                """
            )
            #expect(spans.count == 800)
            #expect(spans.filter { $0 < 51 * 0.005 - 0.001 } == [])
        }
    }

    @Test func `a retry, a release and a rescue are not counted again`() async throws {
        try await ThrottleBench.with { bench in
            try await bench.limit(1, burst: 3)
            try await bench.fill(3)
            let claim = try await bench.connection.throttle(bench.claim()).ready
            #expect(claim.events.count == 3)
            let spent = try await bench.nextFree()
            try await bench.connection.finish(
                claim.events[0].id,
                .retry(after: .zero, reason: "x"),
                token: claim.token
            )
            try await bench.connection.release(Claim(token: claim.token, events: [claim.events[1]]))
            try await bench.database.connection().execute(
                "update github_sync.github_webhook_events set lease_until = now() - interval '1 s' where status = 'processing'"
            )
            #expect(try await bench.connection.rescue(crashLimit: 3).map(\.status) == [.pending])
            try await bench.passTime()
            var again = 0
            // What was rescued is claimed alone.
            for _ in 1...2 {
                let claim = try await bench.claim()
                #expect(claim.events.allSatisfy { $0.limitedRepository == nil })
                again += try await bench.connection.throttle(claim).ready.events.count
            }
            #expect(again == 3)
            #expect(try await bench.nextFree() == spent)
        }
    }

    @Test func `an event that had to wait is not charged again and has used no retry`() async throws {
        try await ThrottleBench.with { bench in
            try await bench.limit(1, burst: 1)
            try await bench.fill(2)
            #expect(try await bench.claimReady() == ["event 1"])
            let spent = try await bench.nextFree()
            try await bench.passTime()
            let claim = try await bench.claim()
            #expect(claim.events.map(\.limitedRepository) == [nil])
            #expect(claim.events.map(\.retries) == [0])
            #expect(claim.events.map(\.crashes) == [0])
            #expect(try await bench.connection.throttle(claim).ready == claim)
            #expect(try await bench.nextFree() == spent)
        }
    }

    @Test func `a finished event that is replayed is counted again`() async throws {
        try await ThrottleBench.with { bench in
            try await bench.limit(1, burst: 2)
            try await bench.fill(2)
            let claim = try await bench.connection.throttle(bench.claim()).ready
            let ids = claim.events.map(\.id)
            try await bench.connection.finish(ids[0], .failed(reason: "x"), token: claim.token)
            try await bench.connection.finish(ids[1], EventResult.ignored("x").completed, token: claim.token)
            #expect(
                try await bench.connection.replay(ids, completedToo: true, by: Operator("test", via: .command)) == 2
            )
            #expect(
                try await bench.claim().events.map(\.limitedRepository) == [ThrottleBench.busy, ThrottleBench.busy]
            )
        }
    }

    @Test func `an event given up after crashes and replayed is counted again`() async throws {
        try await ThrottleBench.with { bench in
            try await bench.limit(1, burst: 1)
            try await bench.fill(1)
            let claim = try await bench.connection.throttle(bench.claim()).ready
            try await bench.database.connection().execute(
                "update github_sync.github_webhook_events set lease_until = now() - interval '1 s'"
            )
            #expect(try await bench.connection.rescue(crashLimit: 1).map(\.status) == [.failed])
            #expect(
                try await bench.connection.replay(
                    claim.events.map(\.id),
                    completedToo: false,
                    by: Operator("test", via: .command)
                ) == 1
            )
            #expect(try await bench.claim().events.map(\.limitedRepository) == [ThrottleBench.busy])
        }
    }

    @Test func `a stale worker counts nothing, and an event whose limit went away goes back uncounted`() async throws {
        try await ThrottleBench.with { bench in
            try await bench.limit(60, burst: 10)
            try await bench.fill(2)
            let claim = try await bench.claim(1)
            let spent = try await bench.nextFree()
            let stale = Claim(token: UUID(), events: claim.events)
            #expect(try await bench.connection.throttle(stale).ready.events == [])
            #expect(try await bench.nextFree() == spent)
            #expect(try await bench.names(.processing, waiting: false) == ["event 1"])

            try await bench.admin.setRateLimit(repository: ThrottleBench.busy, nil)
            #expect(try await bench.connection.throttle(claim).ready.events == [])
            #expect(try await bench.claim().events.map(\.limitedRepository) == [nil, nil])
        }
    }
}

extension Connection {
    /// Claims, throttles and finishes until nothing is left.
    fileprivate func workOff() async throws -> [String] {
        var done: [String] = []
        while try remaining() > 0 {
            let (ready, throttled) = try throttle(
                claim(limit: 16, worker: "w", lease: .seconds(60), maxRetries: 3)
            )
            if !throttled.isEmpty { try throttlePending(throttled, depth: 100) }
            done += ready.events.map(\.deliveryID)
            for event in ready.events {
                try finish(event.id, EventResult.ignored("done").completed, token: ready.token)
            }
            await Task.yield()
        }
        return done
    }

    private func remaining() throws -> Int {
        try run("select count(*) as n from github_sync.github_webhook_events where status <> 'completed'")[0].get("n")
    }
}
