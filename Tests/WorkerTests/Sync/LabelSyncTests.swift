import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
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

    @Test(arguments: [("security", "Security"), ("\u{E9}tat", "\u{C9}tat"), ("\u{DF}", "\u{1E9E}")])
    func `without an exact match a label of other case is taken, and no second one made`(
        github: String,
        plane: String
    ) async throws {
        try await SyncBench.with { bench in
            try await bench.connection.addLabel(plane)
            let id = try await bench.deliver(Self.issue(1, [SampleLabel(1, github)]))
            try await bench.drain()
            #expect(try await bench.issues().first?.labels == [plane])
            #expect(try await bench.connection.labelNames() == [plane])
            #expect(try await bench.event(id).result?.contains("label \(plane) added") == true)
            // It was made by people: it is taken off, and never deleted.
            try await bench.deliver(SampleLabel(1, github).event("deleted"), .label)
            var issue = SampleIssue(1)
            issue.updatedAt = SampleIssue.time(5)
            try await bench.deliver(issue.event("unlabeled"))
            try await bench.drain(batch: 1)
            #expect(try await bench.issues().first?.labels == [])
            #expect(try await bench.connection.labelNames() == [plane])
        }
    }

    @Test(arguments: [false, true])
    func `a label that GitHub deleted comes off its issues, though Plane's stays, in any order`(
        reversed: Bool
    ) async throws {
        try await SyncBench.with { bench in
            try await bench.connection.addLabel("Security")
            try await bench.connection.addLabel("Defect")
            try await bench.configure(#"{"labels": {"bug": "Defect", "fault": "Defect"}}"#)
            let labels = [SampleLabel(1, "security"), SampleLabel(2, "bug"), SampleLabel(3, "fault")]
            let opened = Self.issue(1, labels)
            if !reversed { try await bench.deliver(opened) }
            try await bench.deliver(labels[0].event("deleted"), .label)
            try await bench.deliver(labels[1].event("deleted"), .label)
            if reversed { try await bench.deliver(opened) }
            try await bench.drain(batch: 1)
            // It has that for another label of GitHub's.
            #expect(try await bench.issues().first?.labels == ["Defect"])
            #expect(try await bench.connection.labelNames() == ["Defect", "Security"])
            try await bench.deliver(labels[2].event("deleted"), .label)
            try await bench.drain()
            #expect(try await bench.issues().first?.labels == [])
        }
    }

    @Test func `a label that a person attached stays when GitHub deletes its own`() async throws {
        try await SyncBench.with { bench in
            try await bench.connection.addLabel("Security")
            try await bench.deliver(Self.issue(1, [SampleLabel(1, "security")]))
            try await bench.drain()
            try await bench.connection.execute(
                "update public.issue_labels set created_by_id = (select id from public.users where not is_bot limit 1)"
            )
            try await bench.deliver(SampleLabel(1, "security").event("deleted"), .label)
            try await bench.drain()
            #expect(try await bench.issues().first?.labels == ["Security"])
        }
    }

    @Test(arguments: ["I", "\u{130}", "ss"])
    func `what is not the same in any language is another label`(plane: String) async throws {
        let github = ["I": "\u{131}", "\u{130}": "i", "ss": "\u{DF}"][plane] ?? ""
        try await SyncBench.with { bench in
            try await bench.connection.addLabel(plane)
            try await bench.deliver(Self.issue(1, [SampleLabel(1, github)]))
            try await bench.drain()
            #expect(try await bench.issues().first?.labels == [github])
        }
    }

    @Test func `of several labels the exact match counts, else the oldest`() async throws {
        try await SyncBench.with { bench in
            for (name, age) in [("Bug", 1), ("BUG", 3), ("bUG", 2)] {
                try await bench.connection.addLabel(name, age: age)
            }
            try await bench.deliver(Self.issue(1, [SampleLabel(1, "Bug")]))
            try await bench.deliver(Self.issue(2, [SampleLabel(2, "bug")]))
            try await bench.drain()
            #expect(try await bench.issues().map(\.labels) == [["Bug"], ["BUG"]])
        }
    }

    @Test func `labels that settings name are found without regard to case too`() async throws {
        try await SyncBench.with { bench in
            for name in ["Defect", "Triage", "Odd", "Urgent"] { try await bench.connection.addLabel(name) }
            try await bench.configure(
                """
                {"labels": {"BUG": "defect"}, "new_issues": {"labels": ["triage"]},
                 "transform": [{"set": "label", "to": "odd"}, {"set": "label", "from": "$.issue.title"}]}
                """
            )
            var issue = SampleIssue(1)
            issue.title = "URGENT"
            issue.labels = [SampleLabel(1, "bug")]
            try await bench.deliver(issue.event("opened"))
            try await bench.drain()
            #expect(try await bench.issues().first?.labels == ["Defect", "Odd", "Triage", "Urgent"])
            #expect(try await bench.connection.labelNames() == ["Defect", "Odd", "Triage", "Urgent"])
        }
    }

    @Test func `a renamed label takes no name that differs from another's in case only, but may change its own`()
        async throws
    {
        try await SyncBench.with { bench in
            try await bench.connection.addLabel("Security")
            var label = SampleLabel(1, "bug")
            try await bench.deliver(Self.issue(1, [label]))
            label.name = "SECURITY"
            let refused = try await bench.deliver(label.event("edited"), .label)
            try await bench.drain(batch: 1)
            #expect(try await bench.connection.labelNames() == ["Security", "bug"])
            #expect(try await bench.event(refused).result?.contains("the project has another Security") == true)
            label.name = "Bug"
            try await bench.deliver(label.event("edited"), .label)
            try await bench.drain()
            #expect(try await bench.connection.labelNames() == ["Bug", "Security"])
        }
    }

    /// A `label` event before the issue: the label is made under the name it showed, unless that name is taken.
    @Test func `a label that was renamed to a taken name before it was needed is made under its old name`() async throws
    {
        try await SyncBench.with { bench in
            try await bench.connection.addLabel("Security")
            try await bench.deliver(SampleLabel(1, "security").event("edited"), .label)
            try await bench.deliver(Self.issue(1, [SampleLabel(1, "safety")]))
            try await bench.drain(batch: 1)
            #expect(try await bench.issues().first?.labels == ["safety"])
            #expect(try await bench.connection.labelNames() == ["Security", "safety"])
        }
    }

    @Test func `workers that need one label in different cases at once make one`() async throws {
        try await SyncBench.with { bench in
            for number in Int64(1)...24 {
                let name = number.isMultiple(of: 2) ? "label \(number / 4)" : "LABEL \(number / 4)"
                try await bench.deliver(Self.issue(number, [SampleLabel(number, name)]))
            }
            try await withThrowingTaskGroup { group in
                for _ in 1...4 {
                    let slot = SyncBench(database: bench.database, connection: bench.database.connection())
                    group.addTask { try await slot.drain(batch: 1) }
                }
                try await group.waitForAll()
            }
            let names = try await bench.connection.labelNames().map { $0.lowercased() }
            #expect(Set(names).count == names.count)
            #expect(try await bench.issues().allSatisfy { $0.labels.count == 1 })
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

    /// All of the project, in order of their bytes.
    fileprivate func labelNames() throws -> [String] {
        try run(
            """
            select name from public.labels
            where deleted_at is null and project_id = \(ConnectedRepository.Project.demo.rawValue)::text::uuid
                and id not in (select label_id from public.github_repository_syncs where label_id is not null)
            order by name collate "C"
            """
        ).map { try $0.get("name") }
    }

    /// A label as people make it, some days ago.
    fileprivate func addLabel(_ name: String, externalID: String? = nil, age: Int = 0) throws {
        try run(
            """
            insert into public.labels (
                id, created_at, updated_at, name, description, color, sort_order, external_source, external_id,
                project_id, workspace_id
            )
            select
                gen_random_uuid(), now() - \(age) * interval '1 day', now(), \(name), '', '#000000', 1,
                case when \(externalID) is not null then 'github' end, \(externalID), id, workspace_id
            from public.projects where id = \(ConnectedRepository.Project.demo.rawValue)::text::uuid
            """
        )
    }
}
