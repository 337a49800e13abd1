import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Worker

/// What the sync attached it takes off, whatever settings and people did in between.
@Suite struct LabelTakenOffTests {
    private static let kind = SampleLabel(1, "kind")
    private static let sort = SampleLabel(2, "sort")

    /// A later snapshot of one issue after another.
    private struct Scene {
        let bench: SyncBench
        var issue = SampleIssue(1)
        private var second = 0

        init(_ bench: SyncBench) { self.bench = bench }

        mutating func show(_ labels: [SampleLabel], title: String = "A title") async throws -> [String]? {
            second += 1
            issue.labels = labels
            issue.title = title
            issue.updatedAt = SampleIssue.time(second)
            try await bench.deliver(issue.event(second == 1 ? "opened" : "edited"))
            try await bench.drain()
            return try await bench.issues().first?.labels
        }
    }

    @Test(arguments: [#"{"labels": {"kind": "Other"}}"#, "{}", #"{"labels": {"kind": "Third"}}"#])
    func `a label that was attached through a mapping comes off although the mapping changed`(
        settings: String
    ) async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"labels": {"kind": "Defect"}}"#)
            var scene = Scene(bench)
            #expect(try await scene.show([Self.kind]) == ["Defect"])
            try await bench.configure(#"{"labels": {"kind": "Other"}}"#)
            #expect(try await scene.show([Self.kind], title: "Another title") == ["Defect"])
            try await bench.configure(settings)
            #expect(try await scene.show([Self.kind], title: "A third title") == ["Defect"])
            #expect(try await scene.show([]) == [])
            // Attached anew, it is what settings say now.
            #expect(try await scene.show([Self.kind]) != ["Defect"])
            #expect(try await scene.show([]) == [])
        }
    }

    @Test func `a label that stands for two of GitHub's comes off with the second`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"labels": {"kind": "Defect", "sort": "Defect"}}"#)
            var scene = Scene(bench)
            #expect(try await scene.show([Self.kind, Self.sort]) == ["Defect"])
            try await bench.configure(#"{"labels": {"kind": "Defect"}}"#)
            #expect(try await scene.show([Self.sort], title: "Another title") == ["Defect"])
            #expect(try await scene.show([]) == [])
        }
    }

    @Test func `a label that settings attached comes off when they want it no more`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"transform": [{"set": "label", "to": "odd"}]}"#)
            var scene = Scene(bench)
            #expect(try await scene.show([]) == ["odd"])
            #expect(try await scene.show([], title: "Another title") == ["odd"])
            try await bench.configure("{}")
            #expect(try await scene.show([], title: "A third title") == [])
        }
    }

    @Test func `a label that people took off and attached themselves in between is theirs`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"labels": {"kind": "Defect"}}"#)
            var scene = Scene(bench)
            #expect(try await scene.show([Self.kind]) == ["Defect"])
            try await bench.connection.detachLabels()
            try await bench.configure("{}")
            #expect(try await scene.show([Self.kind], title: "Another title") == [])
            try await bench.connection.attachByHand("Defect")
            #expect(try await scene.show([Self.kind], title: "A third title") == ["Defect"])
            #expect(try await scene.show([]) == ["Defect"])
        }
    }

    @Test func `a label that people deleted is not made again until GitHub attaches it anew`() async throws {
        try await SyncBench.with { bench in
            var scene = Scene(bench)
            #expect(try await scene.show([Self.kind]) == ["kind"])
            try await bench.connection.deleteLabels()
            #expect(try await scene.show([Self.kind], title: "Another title") == [])
            #expect(try await bench.connection.liveLabels(named: "kind") == 0)
            #expect(try await scene.show([]) == [])
            #expect(try await scene.show([Self.kind]) == ["kind"])
        }
    }

    @Test func `a mapped label that GitHub deleted comes off with the next snapshot`() async throws {
        try await SyncBench.with { bench in
            try await bench.configure(#"{"labels": {"kind": "Defect"}}"#)
            var scene = Scene(bench)
            #expect(try await scene.show([Self.kind]) == ["Defect"])
            try await bench.configure("{}")
            try await bench.deliver(Self.kind.event("deleted"), .label)
            #expect(try await scene.show([]) == [])
            #expect(try await bench.connection.liveLabels(named: "Defect") == 1)
        }
    }
}

extension Connection {
    fileprivate func detachLabels() throws {
        try run("update public.issue_labels set deleted_at = clock_timestamp() where deleted_at is null")
    }

    fileprivate func deleteLabels() throws {
        try detachLabels()
        try run("update public.labels set deleted_at = clock_timestamp() where external_source = 'github'")
    }

    fileprivate func attachByHand(_ name: String) throws {
        try run(
            """
            insert into public.issue_labels (
                id, created_at, updated_at, created_by_id, issue_id, label_id, project_id, workspace_id
            )
            select gen_random_uuid(), now(), now(), a.user_id, i.id, l.id, i.project_id, i.workspace_id
            from public.issues as i
            inner join public.labels as l on l.project_id = i.project_id and l.name = \(name) and l.deleted_at is null
            inner join public.accounts as a on a.provider_account_id = '583231'
            """
        )
    }

    fileprivate func liveLabels(named name: String) throws -> Int {
        try run("select 1 from public.labels where name = \(name) and deleted_at is null").count
    }
}
