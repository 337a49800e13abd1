import Foundation
import Shared
import TestSupport
import Testing

@testable import Worker

/// Labels whose names or rows are odd.
@Suite struct LabelSyncTests {
    private static func issue(_ number: Int64, _ labels: [SampleLabel]) -> [UInt8] {
        var issue = SampleIssue(number)
        issue.labels = labels
        return issue.event("opened")
    }

    @Test(arguments: [false, true])
    func `names that look alike and differ in their bytes are two labels, in any order`(reversed: Bool) async throws {
        let composed = SampleLabel(1, "caf\u{E9}")
        let decomposed = SampleLabel(2, "cafe\u{301}")
        let both = Self.issue(1, [composed, decomposed])
        let one = Self.issue(2, [decomposed])
        try await SyncBench.with { bench in
            for payload in reversed ? [one, both] : [both, one] { try await bench.deliver(payload) }
            try await bench.drain(batch: 1)
            let labels = try await bench.connection.attachedLabels()
            #expect(labels == ["#1 café", "#1 cafe\u{301}", "#2 cafe\u{301}"].map { Bytes(Array($0.utf8)) })
        }
    }

    @Test func `names that are the same once cut are one label, attached once`() async throws {
        let long = String(repeating: "x", count: 300)
        try await SyncBench.with { bench in
            try await bench.deliver(Self.issue(1, [SampleLabel(1, long + "a"), SampleLabel(2, long + "b")]))
            try await bench.drain()
            let issue = try #require(try await bench.issues().first)
            #expect(issue.labels == [String(long.prefix(255))])
        }
    }

    @Test func `a label whose external id is no number does not stop its issue`() async throws {
        try await SyncBench.with { bench in
            try await bench.connection.addLabel("bug", externalID: "abc")
            let id = try await bench.deliver(Self.issue(1, [SampleLabel(1, "bug")]))
            try await bench.drain()
            let event = try await bench.event(id)
            #expect(event.status == .completed, "\(event.error ?? "")")
            #expect(try await bench.issues().first?.labels == ["bug"])
        }
    }
}

extension Connection {
    /// `#number name` of each label on an issue, as bytes: strings that look alike are equal.
    fileprivate func attachedLabels() throws -> [Bytes] {
        try run(
            """
            select convert_to('#' || s.repo_issue_id || ' ' || l.name, 'UTF8') as label
            from public.issue_labels as x
            inner join public.labels as l on l.id = x.label_id
            inner join public.github_issue_syncs as s on s.issue_id = x.issue_id
            where x.deleted_at is null
            order by s.repo_issue_id, length(l.name)
            """
        ).map { try $0.get("label") }
    }

    fileprivate func addLabel(_ name: String, externalID: String) throws {
        try run(
            """
            insert into public.labels (
                id, created_at, updated_at, name, description, color, sort_order, external_source, external_id,
                project_id, workspace_id
            )
            select gen_random_uuid(), now(), now(), \(name), '', '#000000', 1, 'github', \(externalID), id, workspace_id
            from public.projects where id = \(ConnectedRepository.Project.demo.rawValue)::text::uuid
            """
        )
    }
}
