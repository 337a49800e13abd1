import Database
import Foundation
import TestSupport

/// Everything that both programs do with a database, once and in order: connect, take in, sync, look, replay, prune.
///
/// For tests that prepare the database, or the environment, against the programs.
struct WholeRound: Sendable {
    /// As the programs reach it.
    let database: TestDatabase
    /// A connection of the test's own.
    let observer: Connection
    var environment: [String: String] = [:]

    static let repository = SampleRepository.rocket
    /// What Plane shows afterwards, a line for each issue.
    static let outcome = ["1|A new title|completed|bug|high", "2|A title|unstarted|feature|none"]

    /// - Returns: what did not go as it should, a line each.
    func run() async throws -> [String] {
        var problems = try await commands([
            ["migrate"],
            [
                "connect", "--workspace", "demo", "--project", "gh", "--repository", Self.repository.fullName,
                "--repository-id", "\(Self.repository.id)",
            ],
            [
                "configure", "--repository", Self.repository.fullName, "--rate", "6000", "--state", "open=Todo",
                "--ignore", "$.issue.title starts with \"[skip]\"",
                "--transform", "priority=high when $.issue.title == \"A new title\"",
            ],
            ["show-config", "--repository", Self.repository.fullName, "--history"],
            ["users", "map", "stranger", "demo@example.com", "--github-id", "9000001"],
        ])
        problems += try await sync()
        problems += try await commands([
            // What is replayed then waits for a worker, which the doctor would find.
            ["status"], ["events"], ["show", "round-0"], ["doctor"], ["replay", "round-0"], ["users", "list"],
            ["users", "unmap", "stranger"], ["prune", "--older-than", "2000-01-01T00:00:00Z"],
            [
                "disconnect", "--workspace", "demo", "--project", "GH", "--repository", Self.repository.fullName,
            ],
        ])
        return problems
    }

    private func commands(_ all: [[String]]) async throws -> [String] {
        var problems: [String] = []
        for words in all {
            let run = try await CommandsRun.worker(words, on: database, environment: environment)
            if run.status != 0 { problems.append("\(words.joined(separator: " ")): \(run.output)\(run.errors)") }
        }
        return problems
    }

    /// Through both programs, to the end of the queue.
    private func sync() async throws -> [String] {
        let ingest = try await IngestProgram(database, environment)
        let worker = try await WorkerProgram(database, environment)
        var problems: [String] = []
        for (number, (event, body)) in Self.deliveries.enumerated() {
            let answer = try await ingest.deliver(
                String(decoding: body, as: UTF8.self),
                event: event,
                id: "round-\(number)"
            )
            if answer.status != 202 { problems.append("\(event) \(number) was answered \(answer.status)") }
        }
        let isDone = try await eventually(within: .seconds(60)) { try await observer.isDrained() }
        if !isDone { problems.append("the queue is not empty: \(worker.program.text)") }
        if try await worker.stop() != 0 { problems.append("plane-worker: \(worker.program.text)") }
        if try await ingest.stop() != 0 { problems.append("plane-ingest: \(ingest.program.text)") }
        return problems
    }

    private static let deliveries: [(event: String, body: [UInt8])] = {
        var first = SampleIssue(1)
        first.assignees = [.octocat]
        var second = SampleIssue(2)
        second.labels = [SampleLabel(7, "feature")]
        var pull = SamplePullRequest(3)
        pull.body = "Closes #2, see #1"
        var skipped = SampleIssue(4)
        skipped.title = "[skip] not for us"
        var deliveries = [
            ("issues", first.event("opened")), ("issues", second.event("opened")), ("issues", skipped.event("opened")),
            ("issue_comment", first.event("created", SampleComment(71))),
            ("issue_comment", first.event("deleted", SampleComment(71))),
            ("issue_comment", second.event("created", SampleComment(72))),
            ("pull_request", pull.event("opened")),
            ("label", SampleLabel(7, "feature").event("edited")),
        ]
        first.labels = [SampleLabel(8, "bug")]
        first.title = "A new title"
        first.updatedAt = SampleIssue.time(10)
        deliveries.append(("issues", first.event("edited")))
        first.state = "closed"
        first.stateReason = "completed"
        first.assignees = []
        first.updatedAt = SampleIssue.time(20)
        first.closedAt = first.updatedAt
        deliveries.append(("issues", first.event("closed")))
        deliveries.append(
            ("repository", repository.event("renamed", updatedAt: SampleIssue.time(30)))
        )
        return deliveries
    }()
}

extension Connection {
    /// The issues as Plane shows them: number on GitHub, title, group of the state, labels, priority.
    func outcome() throws -> [String] {
        try values(
            """
            select concat_ws('|', s.repo_issue_id, i.name, st."group", (
                select string_agg(l.name, ',' order by l.name)
                from public.issue_labels as il join public.labels as l on l.id = il.label_id
                where il.issue_id = i.id and il.deleted_at is null
            ), i.priority) as value
            from public.issues as i
            join public.states as st on st.id = i.state_id
            join public.github_issue_syncs as s on s.issue_id = i.id
            where i.deleted_at is null order by 1
            """
        )
    }
}
