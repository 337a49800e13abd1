import Base
import Database
import Foundation
import TestSupport
import Testing

/// Plane's webhook: what is stored of it, and that it is answered as GitHub's is.
@Suite struct PlaneWakeTests {
    private static func with(
        _ settings: [String: String] = [:],
        _ body: @Sendable (IngestProgram, Connection) async throws -> Void
    ) async throws {
        try await IngestProgram.with(PlaneWake.settings.merging(settings) { $1 }, body)
    }

    @Test func `a signed request leaves the key of its issue or comment, once however often it comes`() async throws {
        try await Self.with { ingest, database in
            let issue = PlaneWake()
            let comment = PlaneWake(event: "issue_comment")
            let response = try await ingest.wake(issue.body)
            #expect(response.status == 202)
            #expect(response.body == #"{"message":"Wake-up stored"}"#)
            #expect(response.fields["content-type"] == "application/json")
            #expect(try await ingest.wake(comment.body).status == 202)
            #expect(try await database.storedWakes() == ["comment \(comment.id)", "issue \(issue.id)"])

            let aged: Query = "update github_sync.github_outbound_wakes set received_at = now() - interval '1 hour'"
            try await database.execute(aged)
            for body in [issue.body, PlaneWake(id: issue.id.uppercased()).body] {
                #expect(try await ingest.wake(body).status == 202)
            }
            #expect(try await database.storedWakes() == ["comment \(comment.id)", "issue \(issue.id)"])
            let fresh: [String] = try await database.values(
                """
                select kind as value from github_sync.github_outbound_wakes
                where received_at > now() - interval '1 minute'
                """
            )
            #expect(fresh == ["issue"])
            #expect(try await database.storedEvents().isEmpty)
            #expect(try await ingest.wakes("accepted") == 4)
            let deliveries = "github_mcp_webhook_total{event_type=\"issues\",status=\"accepted\"}"
            #expect(try await ingest.metric(deliveries) == 0)
        }
    }

    @Test func `every wrong signature gets the very answer that GitHub's path gives`() async throws {
        try await Self.with(["LOG_LEVEL": "debug"]) { ingest, database in
            let body = PlaneWake().body
            let expected = try await ingest.deliver(SampleDelivery().issue, secret: "wrong")
            #expect(expected.status == 401)
            let right = PlaneWake.signature(of: body)
            let cases: [(String, [(String, String)])] = [
                ("missing", []), ("missing", [("X-Hub-Signature-256", "sha256=" + right.1)]),
                ("repeated", [right, right]), ("malformed", [(right.0, "sha256=" + right.1)]),
                ("malformed", [(right.0, right.1.uppercased())]),
                ("mismatch", [PlaneWake.signature(of: body + " ")]),
                ("mismatch", [PlaneWake.signature(of: body, secret: IngestProgram.secret)]),
            ]
            for (reason, fields) in cases {
                let response = try await TestHTTP(port: ingest.port)
                    .send("POST", PlaneWake.path, [("Content-Type", "text/plain")] + fields, body: Array(body.utf8))
                #expect(response == expected, "\(reason)")
            }
            for (reason, count) in [("missing", 2.0), ("repeated", 1), ("malformed", 2), ("mismatch", 3)] {
                let metric = "plane_ingest_signature_failures_total{reason=\"\(reason)\"}"
                #expect(try await ingest.metric(metric) == count, "\(reason)")
            }
            #expect(try await ingest.wakes("unauthorized") == Double(cases.count))
            #expect(try await database.storedWakes() == [])
            // Plane's secret opens Plane's path only.
            #expect(try await ingest.deliver(SampleDelivery().issue, secret: PlaneWake.secret) == expected)
            #expect(try await ingest.program.said("signature of a wake-up refused"))
            #expect(!ingest.program.text.contains(PlaneWake.secret))
            #expect(!ingest.program.text.contains(right.1))
        }
    }

    @Test func `while secrets are changed all are taken, from variable and file, and the page tells which`()
        async throws
    {
        let file = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().text)")
        try Data("of the second workspace\nof the third, with a comma\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await Self.with(["PLANE_WEBHOOK_SECRET_FILE": file.path]) { ingest, _ in
            for secret in [PlaneWake.secret, "of the second workspace", "of the third, with a comma"] {
                let response = try await ingest.wake(PlaneWake().body, secret: secret)
                #expect(response.status == 202, "\(secret)")
            }
            #expect(try await ingest.wake(PlaneWake().body, secret: "of the third").status == 401)
            for index in 0..<3 {
                let metric = "plane_ingest_signature_matches_total{source=\"Plane\",secret_index=\"\(index)\"}"
                #expect(try await ingest.metric(metric) == 1)
            }
        }
    }

    @Test func `what is malformed is 400 or 415 as at GitHub's path, and other events are ignored`() async throws {
        try await Self.with { ingest, database in
            for body in ["{", "", "{\"event\": \"issue\",}"] {
                let response = try await ingest.wake(body)
                #expect(response.status == 400)
                #expect(try await ingest.deliver(body) == response, "\(body)")
            }
            let typed = try await ingest.wake(PlaneWake().body, type: "text/plain")
            #expect(typed.status == 415)
            #expect(try await ingest.deliver(SampleDelivery().issue, type: "text/plain") == typed)
            for body in [PlaneWake(id: "7").body, PlaneWake().body.replacing("\"id\"", with: "\"key\""), "{}", "[]"] {
                let response = try await ingest.wake(body)
                #expect(response.status == 400, "\(body)")
                #expect(response.json["error"] == .text("bad_payload"))
                #expect(response.fields["connection"] == "close")
            }
            #expect(try await ingest.program.said("wake-up refused"))
            for event in ["project", "cycle", "module", "\\\" }"] {
                let response = try await ingest.wake(PlaneWake(event: event).body)
                #expect(response.status == 200, "\(event)")
                #expect(response.json["message"] == .text("Event ignored"))
            }
            #expect(try await database.storedWakes() == [])
            #expect(try await ingest.wakes("invalid") == 8)
            #expect(try await ingest.wakes("ignored") == 4)
        }
    }

    @Test func `the path takes the methods of GitHub's path, and without a secret it is like any unknown one`()
        async throws
    {
        try await Self.with { ingest, _ in
            for path in [PlaneWake.path, String(PlaneWake.path.dropLast())] {
                let look = try await TestHTTP(port: ingest.port).send("GET", path)
                #expect(look.status == 200)
                #expect(look.json["events"] == .list(["issue", "issue_comment"]))
                let head = try await TestHTTP(port: ingest.port).send("HEAD", path)
                #expect(head.status == 200)
                let put = try await TestHTTP(port: ingest.port).send("PUT", path)
                #expect(try await TestHTTP(port: ingest.port).send("PUT", IngestProgram.path) == put)
                #expect(put.status == 405)
            }
        }
        try await IngestProgram.with(["GITHUB_WEBHOOK_SECRET": "", "ALLOW_UNSIGNED_WEBHOOKS": "true"]) { ingest, _ in
            let body = PlaneWake().body
            for method in ["GET", "HEAD", "POST", "PUT"] {
                let bytes = method == "POST" ? Array(body.utf8) : []
                let send = { path in
                    let fields = PlaneWake.fields(body, secret: "")
                    return try await TestHTTP(port: ingest.port).send(method, path, fields, body: bytes)
                }
                let response = try await send(PlaneWake.path)
                #expect(response.status == 404)
                #expect(try await send("/api/webhooks/nothing/") == response, "\(method)")
            }
        }
    }

    @Test func `a burst of a thousand is answered one by one and leaves each object once`() async throws {
        try await Self.with { ingest, database in
            let ids = (0..<500).map { _ in UUID().text }
            let started = ContinuousClock.now
            let statuses = try await withThrowingTaskGroup(of: [Int].self) { group in
                for sender in 0..<50 {
                    group.addTask {
                        let http = try TestHTTP(port: ingest.port)
                        var statuses: [Int] = []
                        for number in 0..<20 {
                            let body = PlaneWake(id: ids[(sender * 20 + number) % ids.count]).body
                            let response = try await http.send(
                                "POST",
                                PlaneWake.path,
                                PlaneWake.fields(body),
                                body: Array(body.utf8)
                            )
                            statuses.append(response.status)
                        }
                        return statuses
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            print("1,000 wake-ups over 50 connections: \(ContinuousClock.now - started)")
            #expect(statuses.count == 1_000 && Set(statuses) == [202])
            #expect(try await database.storedWakes() == ids.sorted().map { "issue \($0)" })
            #expect(try await ingest.wakes("accepted") == 1_000)
            #expect(try await ingest.metric("plane_ingest_bytes_in_flight") == 0)
        }
    }

    @Test func `a body of exactly 25 MiB is taken, and one byte more is 413 as at GitHub's path`() async throws {
        try await Self.with { ingest, database in
            var large = PlaneWake()
            large.padding = String(repeating: "x", count: 26_214_400 - large.body.utf8.count)
            let body = large.body
            let response = try await ingest.wake(body)
            #expect(response.status == 202)
            #expect(try await database.storedWakes() == ["issue \(large.id)"])
            let larger = try await ingest.wake(body + " ")
            #expect(larger.status == 413)
            #expect(try await ingest.deliver(body + " ") == larger)
            #expect(try await eventually { try await ingest.metric("plane_ingest_bytes_in_flight") == 0 })
        }
    }

    @Test func `what comes while its row is written is written again, because a worker may take the row between`()
        async throws
    {
        try await Self.with { ingest, database in
            // Each statement waits a second before it commits.
            try await database.runScript(
                """
                create sequence public.written;
                create function public.count_written() returns trigger language plpgsql security definer as
                $$ begin perform nextval('public.written'); perform pg_sleep(1); return null; end $$;
                create trigger written after insert on github_sync.github_outbound_wakes
                for each statement execute function public.count_written()
                """,
                within: .seconds(10)
            )
            let wake = PlaneWake()
            async let first = ingest.wake(wake.body)
            let waits = try await eventually {
                try await database.value(
                    """
                    select exists (
                        select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'
                    ) as value
                    """
                )
            }
            #expect(waits)
            let second = try await ingest.wake(wake.body)
            #expect(second.status == 202)
            #expect(try await first.status == 202)
            let written: Int = try await database.value("select last_value as value from public.written")
            #expect(written >= 2)
        }
    }

    @Test func `with 10,000 that no worker takes nothing more is stored, until one does`() async throws {
        try await Self.with { ingest, database in
            try await database.execute(
                """
                insert into github_sync.github_outbound_wakes (kind, plane_id)
                select 'issue', gen_random_uuid() from generate_series(1, 9999)
                """
            )
            let last = try await ingest.wake(PlaneWake().body)
            #expect(last.status == 202)
            let dropped = try await ingest.wake(PlaneWake(event: "issue_comment").body)
            #expect(dropped.status == 200)
            #expect(dropped.json["reason"] == .text("too many wake-ups wait for a worker"))
            #expect(try await database.storedWakes().count == 10_000)
            #expect(try await ingest.program.said("wake-ups are dropped, because no worker takes them"))
            // As the worker does it, in its own role.
            try await ingest.database.connection(as: .worker)
                .execute("delete from github_sync.github_outbound_wakes where kind = 'issue'")
            let comment = PlaneWake(event: "issue_comment")
            #expect(try await ingest.wake(comment.body).status == 202)
            #expect(try await database.storedWakes() == ["comment \(comment.id)"])
        }
    }

    @Test func `a role that may not store wake-ups refuses them, and takes deliveries all the same`() async throws {
        try await Self.with(["INGEST_STORE_SECONDS": "0.5"]) { ingest, database in
            try await database.execute("revoke all on github_sync.github_outbound_wakes from plane_sync_ingest")
            let refused = try await ingest.wake(PlaneWake().body)
            #expect(refused.status == 503)
            #expect(try await ingest.deliver(SampleDelivery().issue).status == 202)
            #expect(try await ingest.program.said("wake-ups not stored yet"))
            #expect(try await ingest.wakes("unavailable") == 1)
            #expect(try await ingest.stop() == 0)
        }
    }
}
