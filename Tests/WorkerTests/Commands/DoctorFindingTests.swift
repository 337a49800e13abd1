import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Inspect
@testable import Worker

struct DoctorFindingTests {
    @Test func `an old snapshot is found with what ends it`() async throws {
        try await TestDatabase.with { database in
            let holder = database.connection("holder")
            try await holder.runScript(
                "begin isolation level repeatable read; select from public.issues limit 1",
                within: .seconds(10)
            )
            let findings = try await database.connection().vacuumFindings(olderThan: .zero)
            let finding = try #require(findings.first { $0.text.contains("(holder) has held a snapshot for 0s") })
            #expect(finding.verdict == .warning)
            #expect(finding.advice?.contains("select pg_terminate_backend(") == true)
            try await holder.runScript("rollback", within: .seconds(10))
            let after = try await database.connection().vacuumFindings(olderThan: .zero)
            #expect(!after.contains { $0.text.contains("(holder)") })
        }
    }

    @Test func `a table that is mostly dead rows is found`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.runScript(
                """
                alter table github_sync.github_user_links set (autovacuum_enabled = off);
                insert into github_sync.github_user_links (github_user_id, login, user_id)
                select n, 'u' || n, gen_random_uuid() from generate_series(1, 100) as n;
                delete from github_sync.github_user_links where github_user_id > 10
                """,
                within: .seconds(10)
            )
            // The session hands in what it counted when it ends, or soon after.
            await connection.close()
            let isFound = try await eventually {
                try await database.connection().vacuumFindings(deadRows: 50)
                    .contains { $0.text == "github_user_links has 90 dead rows, more than live ones" }
            }
            #expect(isFound)
        }
    }

    @Test(arguments: [(79, Finding.Verdict.ok), (80, .warning), (100, .warning)])
    func `few free connections are told before there is none`(_ used: Int, _ verdict: Finding.Verdict) {
        #expect(Connection.loadFindings(used: used, allowed: 100).map(\.verdict) == [verdict])
    }

    @Test(arguments: [(0.0, Finding.Verdict.ok), (-2, .ok), (2.1, .warning), (-90, .warning)])
    func `a clock may be two seconds off`(_ ahead: Double, _ verdict: Finding.Verdict) {
        #expect(ClockSkew(clock: "it", ahead: ahead).finding.verdict == verdict)
    }

    @Test func `a clock that is off is told with its direction`() {
        #expect(ClockSkew(clock: "it", ahead: -90).finding.text == "it is 1m behind the database's")
        #expect(ClockSkew(clock: "it", ahead: 7_300).finding.text == "it is 2h ahead of the database's")
    }

    @Test(arguments: [
        (nil, Finding.Verdict.notChecked), (2_000, .ok), (1_000, .ok), (999, .warning), (100, .warning), (99, .failed),
    ])
    func `room on a disk is judged by what may be needed`(_ free: Int?, _ verdict: Finding.Verdict) {
        #expect(DiskCheck.finding("it", free: free, needed: 1_000).verdict == verdict)
    }

    @Test(arguments: [
        ("0119_alter_estimatepoint_key", Finding.Verdict.warning, "no release of Plane that we know"),
        ("0120_issueview_archived_at", .ok, "Plane is v1.2.2 or v1.2.3,"),
        ("0121_alter_estimate_type", .ok, "Plane is v1.3.0, v1.3.1 or preview"),
        ("0121_of_a_fork", .warning, "Plane is newer than"),
        ("0122_new", .warning, "Plane is newer than v1.3.0, v1.3.1 or preview of May 2026: its last migration is 0122"),
    ])
    func `the version of Plane is told by its last migration`(
        _ last: String,
        _ verdict: Finding.Verdict,
        _ words: String
    ) {
        let finding = PlaneVersion(lastMigration: last).finding
        #expect(finding.verdict == verdict)
        #expect(finding.text.hasPrefix(words))
    }

    @Test(arguments: [
        ("http://a", "http://a/"), ("https://a.b/hooks/", "https://a.b/hooks/"),
        ("HTTP://[::1]:8080", "http://[::1]:8080/"),
        ("https://a:443/x", "https://a/x"), ("http://a:443", "http://a:443/"),
    ])
    func `an address is read and written`(_ text: String, _ written: String) {
        #expect(HTTPAddress(text)?.description == written)
    }
}
