import Database
import Foundation
import TestSupport

/// Repositories that people edit on both sides, while the weather is bad and workers die; then everybody stops.
struct ClosedLoop: Sendable {
    /// How much is edited.
    struct Scale: Sendable {
        let seeds: UInt64
        /// In each repository at the beginning.
        let issues: Int
        let rounds: Int
        /// In a round, on each side.
        let edits: Int
        /// Workers that are killed while people edit.
        let kills: Int

        static let short = Scale(seeds: 50, issues: 4, rounds: 2, edits: 5, kills: 2)
        static let long = Scale(seeds: 500, issues: 6, rounds: 4, edits: 8, kills: 5)
    }

    let scale: Scale
    private let repositories: [LoopRepository]
    private let database: TestDatabase
    private let connection: Connection
    private let nodes: [IngestProgram]
    private let workers: LoopWorkers

    /// What became of it.
    struct Outcome: Sendable {
        var line = ""
        /// What is wrong, a line each; and then what happened to those issues.
        var problems: [String] = []
    }

    /// From the last edit until both sides are equal.
    private static let patience = Duration.seconds(300)
    /// From the last edit on, calls fail for this long; some object always meets several faults in a row.
    private static let badTime = Duration.seconds(15)
    /// Longer than a look at Plane's rows, and what waits after it.
    private static let quietTime = Duration.seconds(11)

    static func run(_ seeds: [UInt64], _ scale: Scale) async throws -> Outcome {
        let repositories = seeds.enumerated().map { LoopRepository($0, seed: $1, others: seeds.count - 1) }
        return try await FakeServer.run(handler(of: repositories)) { server in
            try await TestDatabase.with { database in
                let loop = ClosedLoop(
                    scale: scale,
                    repositories: repositories,
                    database: database,
                    connection: database.connection(),
                    nodes: [try await IngestProgram(database), try await IngestProgram(database)],
                    workers: LoopWorkers(database, gitHub: server.origin)
                )
                return try await loop.run()
            }
        }
    }

    /// The API of all repositories.
    private static func handler(of repositories: [LoopRepository]) -> FakeServer.Handler {
        let handlers = Dictionary(uniqueKeysWithValues: repositories.map { ($0.repository.fullName, $0.api.handler) })
        let user = repositories.first?.api.repository.handler
        return { request in
            let words = request.path.split(separator: "/")
            let handler = words.first == "repos" ? handlers[words.dropFirst().prefix(2).joined(separator: "/")] : user
            return handler?(request) ?? FakeRepository.notFound
        }
    }

    private func run() async throws -> Outcome {
        if let problem = try await connect() { return Outcome(problems: [problem]) }
        for repository in repositories {
            repository.weather.blow(to: nodes.map(\.port), isBad: false)
            repository.open(scale.issues)
        }
        guard let targets = try await beginning() else {
            return Outcome(problems: ["the first issues do not come to Plane"] + workers.complaints.suffix(20))
        }
        for repository in repositories {
            repository.weather.blow(to: nodes.map(\.port), isBad: true)
            repository.api.turn(bad: true)
        }
        try await edit(targets)
        let start = ContinuousClock.now
        let (isEqual, rest) = try await settle(from: start)
        let duration = ContinuousClock.now - start
        var problems = try await describe() + rest
        if isEqual, rest.isEmpty { problems += try await expectQuiet(targets) }
        problems += try await connection.brokenRules() + connection.doubles() + connection.givenUp()
        problems += repositories.flatMap { repository in repository.check().map { "seed \(repository.seed): \($0)" } }
        if !problems.isEmpty { problems += workers.complaints.suffix(20) }
        for status in try await workers.stop() where status != 0 { problems.append("a worker ended with \(status)") }
        for node in nodes where try await node.stop() != 0 {
            problems.append("a node: \(node.program.text.suffix(500))")
        }
        return Outcome(line: line(isEqual ? "equal" : "not equal", duration), problems: problems)
    }

    /// - Returns: what did not work.
    private func connect() async throws -> String? {
        guard let first = repositories.first?.repository else { return "no seed" }
        for repository in repositories {
            try await connection.makeLoopProject(
                repository.project,
                following: repository.repository,
                labels: PlaneEditor.labels
            )
        }
        let words = ["configure", "--repository", first.fullName, "--outbound", "all", "--outbound-comments", "all"]
        let run = try await CommandsRun.worker(words, on: database)
        guard run.status == 0 else { return "\(words): \(run.output)\(run.errors)" }
        try await connection.shareSettings(of: first)
        try await connection.forgetWrites()
        try await workers.start(3)
        return nil
    }

    /// Waits until Plane has the issues that were opened on GitHub.
    private func beginning() async throws -> [UUID: [LoopTarget]]? {
        let areThere = try await eventually(within: .seconds(120)) {
            let targets = try await connection.loopTargets()
            return repositories.allSatisfy { targets[$0.project]?.count == scale.issues }
        }
        return areThere ? try await connection.loopTargets() : nil
    }

    /// All repositories at the same time.
    private func edit(_ targets: [UUID: [LoopTarget]]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<scale.kills {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 1_000...5_000)))
                    try await workers.replaceOne()
                }
            }
            for repository in repositories {
                group.addTask {
                    let people = database.connection("people")
                    try await repository.edit(targets[repository.project] ?? [], scale, people)
                }
            }
            try await group.waitForAll()
        }
    }

    /// Waits until both sides are equal and nothing is to do any more.
    /// - Returns: whether they are, and what is still to do.
    private func settle(from start: ContinuousClock.Instant) async throws -> (Bool, [String]) {
        while true {
            let states = try await connection.loopStates()
            let isEqual = repositories.allSatisfy { $0.differences(from: states[$0.project]).isEmpty }
            let isCalm = repositories.allSatisfy(\.weather.isCalm)
            let rest = isCalm ? try await connection.unfinished() : ["webhooks are under way"]
            let time = ContinuousClock.now - start
            if isEqual && rest.isEmpty || time > Self.patience { return (isEqual, rest) }
            if time > Self.badTime { for repository in repositories { repository.api.turn(bad: false) } }
            try await connection.shortenWaits()
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// What is not equal or was undone, by repository, with what happened to those issues.
    private func describe() async throws -> [String] {
        let states = try await connection.loopStates()
        return repositories.flatMap { repository in
            var wrong = repository.differences(from: states[repository.project])
            if wrong.isEmpty { wrong = repository.story.undone(in: LoopState(repository.api.repository.now)) }
            guard !wrong.isEmpty else { return [String]() }
            return ["CLOSED_LOOP_SEED=\(repository.seed):"] + wrong.map(\.text)
                + repository.story.lines(about: Set(wrong.map(\.issue)))
        }
    }

    /// Nothing is written any more, and what means nothing to GitHub causes no call about an issue.
    private func expectQuiet(_ targets: [UUID: [LoopTarget]]) async throws -> [String] {
        for repository in repositories { repository.api.turn(bad: false) }
        let before = repositories.map(\.api.repository.now)
        for repository in repositories {
            var plane = PlaneEditor(connection, of: repository.project, repository.story, seed: repository.seed)
            for target in targets[repository.project] ?? [] {
                try await plane.rewriteHTML(of: target)
                try await plane.moveInsideGroup(target)
            }
        }
        try await Task.sleep(for: Self.quietTime)
        var problems: [String] = []
        for (repository, before) in zip(repositories, before) {
            let after = repository.api.repository.now
            problems += after.writes.dropFirst(before.writes.count).map { "written after both were equal: \($0)" }
            if after.issueReads > before.issueReads {
                problems.append("seed \(repository.seed): an issue was asked for although nothing had changed")
            }
        }
        return try await problems + describe()
    }

    private func line(_ result: String, _ duration: Duration) -> String {
        let told = repositories.map(\.weather.counts).reduce(into: BadWeather.Counts()) { $0.add($1) }
        let shown = repositories.map(\.api.repository.now)
        let faults = repositories.map(\.api.counts)
        func sum(_ counts: [Int]) -> Int { counts.reduce(0, +) }
        return """
            closed loop, CLOSED_LOOP_SEED=\(repositories.first?.seed ?? 0) and \(repositories.count - 1) more: \
            \(2 * scale.rounds * scale.edits) edits in each, \(scale.kills) workers killed; \(told.told) webhooks, \
            \(told.late) late, \(told.twice) twice, \(told.redelivered) redelivered, \(told.lost) lost, \
            \(told.refused) refused; \(sum(shown.map(\.calls))) calls, \(sum(faults.map(\.faults))) faults; \
            \(sum(shown.map(\.writes.count))) writes, \(sum(faults.map(\.lostWrites))) answers lost, \
            \(sum(shown.map(\.writesWithoutEffect))) without effect, \
            \(sum(shown.map(\.writesThatCameLate))) too late; \(result) after \(Int(duration / .seconds(1))) s
            """
    }
}

extension Connection {
    /// GitHub's pace for writes has tests of its own; here so many repositories would only wait for each other.
    fileprivate func forgetWrites() throws {
        try runScript(
            """
            create function github_sync.forget_writes() returns trigger language plpgsql as $$
            begin
                new.next_write_at := null;
                new.recent_writes := '{}';
                return new;
            end $$;
            create trigger forget_writes before insert or update on github_sync.github_principals
            for each row execute function github_sync.forget_writes();
            """,
            within: .seconds(10)
        )
    }

    /// What waits, on either way.
    fileprivate func unfinished() throws -> [String] {
        try values(
            """
            select event_type || ' ' || coalesce(action, '') || ' is ' || status as value
            from github_sync.github_webhook_events where status in ('pending', 'processing')
            union all
            select kind || ' ' || plane_id || ' is ' || status || ' to go out: ' || coalesce(error_message, '')
            from github_sync.github_outbound where status in ('pending', 'processing')
            """
        )
    }

    /// What was given up, on either way.
    fileprivate func givenUp() throws -> [String] {
        try failures()
            + values(
                """
                select kind || ' ' || plane_id || ' was given up: ' || coalesce(error_message, '') as value
                from github_sync.github_outbound where status = 'failed'
                """
            )
    }

    /// Has what met an obstacle come again soon.
    fileprivate func shortenWaits() throws {
        try change(
            """
            update github_sync.github_outbound set run_at = now() + interval '1 second'
            where status = 'pending' and error_message is not null and run_at > now() + interval '3 seconds'
            """,
            """
            update github_sync.github_sync_jobs set run_at = now() + interval '1 second'
            where status = 'queued' and kind = 'sweep' and run_at > now() + interval '20 seconds'
            """
        )
    }
}
