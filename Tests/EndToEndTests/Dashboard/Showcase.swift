import Base
import Database
import Foundation
import TestSupport

/// A month of a small team's work, for pictures: the history of one issue as a real worker synced it, an hour of other
/// events, and the statistics of the days before.
struct Showcase: Sendable {
    private static let repositories = [
        SampleRepository.rocket, SampleRepository(id: 700_200_310, fullName: "acme/website"),
        SampleRepository(id: 700_200_311, fullName: "acme/handbook"),
    ]
    private static let titles = [
        "Checkout fails when the cart holds a gift card", "Export invoices as PDF", "Dark mode for the settings",
        "Sign-in link expires too early", "Search ignores accents", "Upload stops at 2 GB",
        "Typo in the welcome mail", "Slow start on older phones",
    ]

    /// A comment on the issue.
    let event: UUID
    let worker: WorkerProgram

    static func fill(_ database: TestDatabase) async throws -> Showcase {
        let connection = database.connection()
        for repository in repositories {
            _ = try await connection.connectRepository(repository.id, repository.fullName)
        }
        // One after the other, as they would have come.
        let worker = try await WorkerProgram(database, ["WORKER_CONCURRENCY": "1", "WORKER_BATCH": "1"])
        let history = try await connection.insert(hour() + issue())
        let isDone = try await eventually(within: .seconds(120)) { try await connection.isDrained() }
        guard isDone else { throw TestHTTP.Broken(description: worker.program.text) }
        try await connection.settle()
        return Showcase(event: history[history.count - 3], worker: worker)
    }

    /// What happened to issue 12 in the last hours.
    private static func issue() -> [Sample] {
        let hubot = SampleUser(id: 480_938, login: "hubot")
        var issue = SampleIssue(12)
        issue.title = titles[0]
        issue.author = .octocat
        issue.body = "Pay with a gift card and a second method: **the total is charged twice**."
        var comment = SampleComment(9_112)
        comment.author = hubot
        comment.body = "I can reproduce it on 2.4, also with two gift cards."
        var samples: [Sample] = []
        func add(_ minutes: Double, _ action: String, by sender: SampleUser, _ change: (inout SampleIssue) -> Void) {
            issue.updatedAt = time(ago: minutes * 60)
            change(&issue)
            let payload = issue.event(action, by: sender)
            samples.append(Sample(.issues, action, .rocket, payload, age: minutes * 60))
        }
        func add(_ minutes: Double, _ action: String, _ comment: SampleComment, by sender: SampleUser) {
            var comment = comment
            (comment.updatedAt, issue.updatedAt) = (time(ago: minutes * 60), time(ago: minutes * 60))
            let payload = issue.event(action, comment, by: sender)
            samples.append(Sample(.issueComment, action, .rocket, payload, age: minutes * 60))
        }
        add(190, "opened", by: .octocat) { _ in }
        add(184, "labeled", by: .octocat) { $0.labels = [SampleLabel(3, "bug")] }
        add(151, "assigned", by: .demo) { $0.assignees = [.octocat] }
        add(96, "created", comment, by: hubot)
        add(60, "edited", by: .octocat) { $0.title += " and a coupon" }
        // An older state, delivered late.
        var older = issue
        (older.title, older.updatedAt) = (titles[0], time(ago: 150 * 60))
        samples.append(Sample(.issues, "labeled", .rocket, older.event("labeled", by: .octocat), age: 58 * 60))
        comment.body += " Refunds are right."
        add(41, "edited", comment, by: hubot)
        add(22, "closed", by: .octocat) { issue in
            (issue.state, issue.stateReason, issue.closedAt) = ("closed", "completed", issue.updatedAt)
        }
        add(9, "created", SampleComment(9_113), by: .demo)
        return samples
    }

    /// Events of an hour, more of them in its middle.
    private static func hour() -> [Sample] {
        var samples: [Sample] = []
        for minute in 0..<60 {
            let count = 2 + Int(4 * (1 + sin(Double(minute) / 6))) + minute * 7 % 3
            for place in 0..<count {
                let number = samples.count
                let repository = repositories[number * 5 % 7 % 3]
                var issue = SampleIssue(Int64(20 + number % 40), repository: repository)
                issue.title = titles[number % titles.count]
                issue.labels = number.isMultiple(of: 4) ? [SampleLabel(3, "bug")] : []
                let action = ["opened", "edited", "labeled"][number % 3]
                let age = Double(minute * 60 + place * 60 / count)
                issue.updatedAt = time(ago: age)
                samples.append(Sample(.issues, action, repository, issue.event(action, in: repository), age: age))
            }
        }
        return samples
    }

    private static func time(ago seconds: Double) -> String {
        Date.now.addingTimeInterval(-seconds).formatted(.iso8601)
    }

    /// An event that was received some seconds ago.
    struct Sample: Sendable {
        let type: EventType
        let action: String
        let repository: SampleRepository
        let payload: [UInt8]
        let age: Double

        init(_ type: EventType, _ action: String, _ repository: SampleRepository, _ payload: [UInt8], age: Double) {
            self.type = type
            self.action = action
            self.repository = repository
            self.payload = payload
            self.age = age
        }
    }
}

extension Connection {
    /// - Returns: the ids, in the order of the samples.
    fileprivate func insert(_ samples: [Showcase.Sample]) throws -> [UUID] {
        let ids = samples.map { EventIDGenerator().next(at: Date(timeIntervalSinceNow: -$0.age)) }
        try run([
            """
            insert into github_sync.github_webhook_events (
                id, delivery_id, event_type, action, repository_id, repository_name, payload, created_at, run_at
            )
            select id, gen_random_uuid(), type, action, repository_id, repository, payload::json,
                now() - age * interval '1 second', now() - age * interval '1 second'
            from unnest(
                \(ids), \(samples.map(\.type.rawValue)), \(samples.map(\.action)), \(samples.map(\.repository.id)),
                \(samples.map(\.repository.fullName)), \(samples.map { String(decoding: $0.payload, as: UTF8.self) }),
                \(samples.map(\.age))
            ) as e (id, type, action, repository_id, repository, payload, age)
            """
        ])
        return ids
    }

    /// As if each event had been synced when it came, but for some that failed; and a month before it.
    fileprivate func settle() throws {
        try change(
            """
            update github_sync.github_webhook_events
            set claimed_at = created_at + interval '6 ms',
                processed_at = created_at + (18 + (hashtext(id::text) & 63)) * interval '1 ms'
            """,
            """
            update github_sync.github_webhook_events
            set status = 'failed', retry_count = 3, result = null,
                error_message = 'column "estimate" of relation "issues" does not exist'
            where hashtext(id::text) & 127 = 5 and repository_name = 'acme/website'
            """,
            "delete from github_sync.github_event_stats",
            "delete from github_sync.github_event_receipts",
            """
            insert into github_sync.github_event_stats (hour, repository_id, event_type, outcome, bucket, shard, events)
            select date_trunc('hour', now()) - h * interval '1 hour', r.id, t.type, o.outcome,
                github_sync.latency_bucket(b.seconds), 0,
                round(o.share * b.share * r.share * t.share * (
                    10 + 120 * exp(-((extract(hour from now() - h * interval '1 hour') - 14) ^ 2) / 20)
                        * case when extract(isodow from now() - h * interval '1 hour') < 6 then 1 else 0.15 end
                ) + random() / 2)
            from generate_series(1, 24 * 30) as h
            cross join (values (700200300, 0.6), (700200310, 0.3), (700200311, 0.1)) as r (id, share)
            cross join (values ('issues', 0.6), ('issue_comment', 0.3), ('pull_request', 0.1)) as t (type, share)
            cross join (
                values ('applied', 0.9), ('superseded', 0.04), ('ignored', 0.05), ('failed', 0.004)
            ) as o (outcome, share)
            cross join (values (0.03, 0.7), (0.06, 0.25), (0.4, 0.05)) as b (seconds, share)
            """,
            """
            insert into github_sync.github_event_receipts
            select hour, repository_id, event_type, sum(events) from github_sync.github_event_stats
            group by 1, 2, 3
            """
        )
    }
}
