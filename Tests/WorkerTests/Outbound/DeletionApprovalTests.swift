import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Outbound
@testable import Queue
@testable import Worker

/// Which deletions in Plane go to GitHub by themselves, and which wait until somebody approves them.
@Suite struct DeletionApprovalTests {
    /// Runs `body` with so many issues on both sides, of which those that are deleted in Plane are closed on GitHub.
    private static func run(_ count: Int, _ body: @Sendable (Connection) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let rocket = SampleRepository.rocket
            _ = try await connection.connectRepository(rocket.id, rocket.fullName)
            _ = try await connection.makeIssues(count)
            try await connection.linkIssues()
            try await connection.execute(
                """
                insert into github_sync.github_sync_settings (repository_sync_id, settings, changed_by)
                select id, '{"outbound": {"issues": "linked", "delete": "close"}}', 'test'
                from public.github_repository_syncs
                """
            )
            try await connection.lookNow()
            try await body(connection)
        }
    }

    @Test(arguments: [
        (30, 5, false), (30, 6, true), (120, 12, false), (120, 13, true), (220, 20, false), (220, 21, true),
    ])
    func `more than a tenth of the issues wait for approval, but five never do, and twenty-one always`(
        _ count: Int,
        _ deleted: Int,
        _ wait: Bool
    ) async throws {
        try await Self.run(count) { connection in
            try await connection.delete(1...deleted)
            try await connection.lookNow()
            let approvals = try await connection.approvals()
            #expect(approvals.count == deleted && Set(approvals.values) == [wait ? "wanted" : "given"])
        }
    }

    @Test func `deletions of several looks in a few minutes count together`() async throws {
        try await Self.run(30) { connection in
            try await connection.delete(1...4)
            try await connection.lookNow()
            #expect(try await connection.approvals().values.allSatisfy { $0 == "given" })
            try await connection.delete(5...6)
            try await connection.lookNow()
            #expect(try await connection.approvals().filter { $0.value == "wanted" }.keys.sorted() == [5, 6])
            #expect(try await connection.statuses([1, 5]) == ["pending", "failed"])
            // As some time later.
            try await connection.execute(
                "update github_sync.github_outbound set changed_at = now() - interval '11 minutes'"
            )
            try await connection.delete(7...8)
            try await connection.lookNow()
            let later = try await connection.approvals()
            #expect(later[7] == "given" && later[8] == "given" && later[5] == "wanted")
        }
    }

    @Test func `once an issue is back its next deletion is judged anew`() async throws {
        try await Self.run(30) { connection in
            try await connection.delete(1...1)
            try await connection.lookNow()
            #expect(try await connection.approvals() == [1: "given"])
            try await connection.restore(1...1)
            try await connection.lookNow()
            #expect(try await connection.approvals() == [:])
            try await connection.delete(1...6)
            try await connection.lookNow()
            #expect(try await connection.approvals().values.filter { $0 == "wanted" }.count == 6)
            try await connection.restore(1...6)
            try await connection.lookNow()
            #expect(try await connection.approvals() == [:])
            #expect(Set(try await connection.statuses([1, 2, 3, 4, 5, 6])) == ["pending"])
        }
    }

    @Test func `an approval ends when the deletion is sent`() async throws {
        try await Self.run(30) { connection in
            try await connection.delete(1...1)
            try await connection.lookNow()
            let (object, token) = try await connection.claimNow()
            #expect(object.mayDelete)
            try await connection.finish(object, .sent([]), token: token)
            #expect(try await connection.approvals() == [:])
            // Back and gone again between two looks.
            try await connection.restore(1...1)
            try await connection.delete(1...6)
            try await connection.lookNow()
            #expect(try await connection.approvals().values.filter { $0 == "wanted" }.count == 6)
        }
    }

    @Test func `a deletion that wants approval while an edit is under way still does after it`() async throws {
        try await Self.run(30) { connection in
            try await connection.execute("update public.issues set name = 'Other' where sequence_id = 1")
            try await connection.lookNow()
            let (edit, token) = try await connection.claimNow()
            try await connection.delete(1...6)
            try await connection.lookNow()
            try await connection.finish(edit, .delayed(by: .zero, reason: "GitHub is away"), token: token)
            let (object, next) = try await connection.claimNow()
            #expect(object.id == edit.id && !object.mayDelete)
            try await connection.finish(object, .sent([]), token: next)
            #expect(try await connection.approvals()[1] == "wanted")
            #expect(try await connection.statuses([1]) == ["failed"])
        }
    }
}

extension Connection {
    /// A look, whether or not PostgreSQL's counts have moved yet.
    fileprivate func lookNow() throws {
        try letLooksBeDue()
        _ = try #require(try look())
    }

    fileprivate func delete(_ numbers: ClosedRange<Int>) throws {
        try execute(
            """
            update public.issues set deleted_at = now()
            where sequence_id = any(\(numbers.map(Int64.init))) and deleted_at is null
            """
        )
    }

    fileprivate func restore(_ numbers: ClosedRange<Int>) throws {
        try execute("update public.issues set deleted_at = null where sequence_id = any(\(numbers.map(Int64.init)))")
    }

    /// By the issues' numbers, those that have one.
    fileprivate func approvals() throws -> [Int: String] {
        let rows = try run(
            """
            select i.sequence_id, o.approval from github_sync.github_outbound as o
            inner join public.issues as i on i.id = o.plane_id where o.approval is not null
            """
        )
        return try rows.reduce(into: [:]) { $0[try $1.get("sequence_id")] = try $1.get("approval") }
    }

    /// In the order of the issues' numbers.
    fileprivate func statuses(_ numbers: [Int]) throws -> [String] {
        try run(
            """
            select o.status::text as status from github_sync.github_outbound as o
            inner join public.issues as i on i.id = o.plane_id
            where i.sequence_id = any(\(numbers.map(Int64.init))) order by i.sequence_id
            """
        ).map { try $0.get("status") }
    }
}

extension Connection {
    /// Takes the object that is next, whenever it is due.
    func claimNow() throws -> (OutboundObject, token: UUID) {
        try execute("update github_sync.github_outbound set run_at = now() where status = 'pending'")
        let token = UUID()
        return (try #require(try claimObject(worker: "test", lease: .seconds(60), token: token)), token)
    }
}
