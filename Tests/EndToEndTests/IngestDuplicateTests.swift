import Database
import Foundation
import TestSupport
import Testing

/// The same delivery again.
@Suite struct IngestDuplicateTests {
    @Test(arguments: [EventStatus.pending, .processing, .completed])
    func `a delivery that is stored already gets the same id and changes nothing`(status: EventStatus) async throws {
        try await IngestProgram.with { ingest, database in
            let first = try await ingest.deliver(SampleDelivery().issue, id: "one")
            try await database.execute(
                """
                update github_sync.github_webhook_events
                set status = \(status)::text::github_sync.event_status, retry_count = 2,
                    claim_token = case when \(status)::text = 'processing' then gen_random_uuid() end,
                    claimed_by = case when \(status)::text = 'processing' then 'w' end,
                    lease_until = case when \(status)::text = 'processing' then now() end
                """
            )
            let before = try await database.storedEvents()
            var other = SampleDelivery()
            other.title = "Another body under the same id"
            let second = try await ingest.deliver(other.issue, id: "one")
            #expect(second.status == 202)
            #expect(second.json["event_id"] == first.json["event_id"])
            #expect(second.json["duplicate"] == .flag(true))
            #expect(second.json["requeued"] == nil)
            #expect(try await database.storedEvents() == before)
        }
    }

    @Test func `a failed delivery that comes again is pending once more, with fresh retries`() async throws {
        try await IngestProgram.with { ingest, database in
            let first = try await ingest.deliver(SampleDelivery().issue, id: "one")
            try await database.execute(
                """
                update github_sync.github_webhook_events
                set status = 'failed', retry_count = 3, crash_count = 2, error_message = 'x', processed_at = now(),
                    run_at = now() + interval '1 hour'
                """
            )
            let second = try await ingest.deliver(SampleDelivery().issue, id: "one")
            #expect(second.status == 202)
            #expect(second.json["event_id"] == first.json["event_id"])
            #expect(second.json["requeued"] == .flag(true))
            #expect(second.json["duplicate"] == nil)
            let event = try #require(await database.storedEvents().first)
            #expect(event.status == .pending)
            #expect(event.retries == 0)
            #expect(event.crashes == 0)
            #expect(event.error == nil)
            #expect(!event.isProcessed)
            #expect(try await database.dueEvents() == 1)
        }
    }

    @Test func `sixteen senders of one id at two programs store one row, and one of them is first`() async throws {
        try await IngestProgram.with { first, database in
            let second = try await IngestProgram(first.database)
            for round in 1...5 {
                let answers = try await withThrowingTaskGroup(of: TestHTTP.Response.self) { group in
                    for number in 0..<16 {
                        let ingest = number.isMultiple(of: 2) ? first : second
                        group.addTask { try await ingest.deliver(SampleDelivery().issue, id: "round-\(round)") }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.allSatisfy { $0.status == 202 })
                #expect(Set(answers.map { $0.json["event_id"] }).count == 1)
                #expect(answers.count { $0.json["duplicate"] == nil } == 1)
            }
            #expect(try await database.storedEvents().count == 5)
            #expect(try await second.stop() == 0)
        }
    }
}

extension Connection {
    fileprivate func dueEvents() throws -> Int {
        try run(
            """
            select count(*) as due from github_sync.github_webhook_events
            where status = 'pending' and run_at <= now()
            """
        )[0].get("due")
    }
}
