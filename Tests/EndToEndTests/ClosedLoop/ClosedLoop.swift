import Database
import Foundation
import Synchronization
import TestSupport

/// One repository that people edit on both sides, while the weather is bad and workers die; then everybody stops.
struct ClosedLoop: Sendable {
    let seed: UInt64
    private let story: LoopStory
    private let api: BadAPI
    private let weather: BadWeather
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

    private static let rocket = SampleRepository.rocket
    private static let issues: ClosedRange<Int64> = 1...6
    private static let rounds = 4
    /// On each side.
    private static let editsPerRound = 8
    /// From the last edit until both sides are equal.
    private static let patience = Duration.seconds(150)
    /// From the last edit on, calls fail for this long; some object always meets several faults in a row.
    private static let badTime = Duration.seconds(15)
    /// Longer than a look at Plane's rows, and what waits after it.
    private static let quietTime = Duration.seconds(11)

    static func run(_ seed: UInt64) async throws -> Outcome {
        let (story, weather) = (LoopStory(), BadWeather(seed: seed &+ 1))
        let repository = FakeRepository(rocket, filled(), webhook: weather.send)
        let api = BadAPI(repository, story, seed: seed &+ 2)
        return try await FakeServer.run(api.handler) { server in
            try await TestDatabase.with { database in
                let nodes = [try await IngestProgram(database), try await IngestProgram(database)]
                let loop = ClosedLoop(
                    seed: seed,
                    story: story,
                    api: api,
                    weather: weather,
                    database: database,
                    connection: database.connection(),
                    nodes: nodes,
                    workers: LoopWorkers(database, gitHub: server.origin)
                )
                return try await loop.run()
            }
        }
    }

    private static func filled() -> FakeRepository.State {
        var state = FakeRepository.State()
        state.labels = GitHubEditor.labels.enumerated().map { SampleLabel(Int64($0 + 1), $1) }
        state.assignable = [.demo, .octocat]
        for number in issues {
            var issue = SampleIssue(number)
            issue.title = "Issue \(number)"
            issue.body = "Text of \(number)"
            // Of one half, the connection's bot is the author in Plane.
            issue.author = number.isMultiple(of: 2) ? .octocat : .stranger
            issue.labels = [state.labels[Int(number) % state.labels.count]]
            state.issues.append(issue)
        }
        return state
    }

    private func run() async throws -> Outcome {
        var problems = try await connect()
        let targets = try await connection.loopTargets()
        guard problems.isEmpty, targets.count == Self.issues.count else {
            return Outcome(line: "seed \(seed)", problems: problems + ["\(targets.count) issues are on both sides"])
        }
        weather.blow(to: nodes.map(\.port))
        api.turn(bad: true)
        let before = api.repository.calls
        let lost = try await edit(targets)
        let start = ContinuousClock.now
        let (differences, rest) = try await settle(from: start)
        let duration = ContinuousClock.now - start
        var wrong = differences
        if differences.isEmpty, rest.isEmpty {
            wrong += story.undone(in: LoopState(api.repository.now))
            problems += try await expectQuiet(targets)
        }
        problems += try await wrong.map(\.text) + rest + check()
        if !problems.isEmpty {
            problems += story.lines(about: Set(wrong.map(\.issue))) + workers.complaints.suffix(20)
        }
        for status in try await workers.stop() where status != 0 { problems.append("a worker ended with \(status)") }
        for node in nodes where try await node.stop() != 0 {
            problems.append("a node: \(node.program.text.suffix(500))")
        }
        let result = differences.isEmpty ? "equal" : "not equal"
        return Outcome(line: line(lost, api.repository.calls - before, result, duration), problems: problems)
    }

    /// - Returns: what did not work.
    private func connect() async throws -> [String] {
        var problems: [String] = []
        let words = ["--repository", Self.rocket.fullName]
        let place = ["--workspace", "demo", "--project", "gh"]
        let commands = [
            ["connect"] + place + words + ["--repository-id", "\(Self.rocket.id)"],
            ["configure"] + words + ["--outbound", LoopField.scope, "--outbound-comments", "all"], ["import"] + words,
        ]
        for command in commands {
            if command[0] == "import" { try await workers.start(3) }
            let run = try await CommandsRun.worker(command, on: database)
            if run.status != 0 { problems.append("\(command.joined(separator: " ")): \(run.output)\(run.errors)") }
        }
        try await connection.makePlaneLabels(PlaneEditor.labels)
        return problems
    }

    /// Both sides at the same time, in rounds.
    /// - Returns: how many workers were killed.
    private func edit(_ targets: [LoopTarget]) async throws -> Int {
        var dice = SeededGenerator(seed: seed)
        var gitHub = GitHubEditor(api.repository, story, seed: seed &+ 3)
        var plane = PlaneEditor(database.connection("people"), story, seed: seed &+ 4)
        let kills = seed.isMultiple(of: 2) ? [Int.random(in: 0...20_000, using: &dice)] : []
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for delay in kills {
                group.addTask {
                    try await Task.sleep(for: .milliseconds(delay))
                    try await workers.replaceOne(connection)
                }
            }
            for _ in 0..<Self.rounds {
                // Some rounds have few issues, so that both sides edit the same ones.
                let some = Array(targets.shuffled(using: &dice).prefix(Int.random(in: 1...targets.count, using: &dice)))
                let pauses = (0..<2).map { _ in Int.random(in: 50...500, using: &dice) }
                let editors = (gitHub, plane)
                async let gitHubsRound = editors.0.round(some, Self.editsPerRound, pause: pauses[0])
                async let planesRound = editors.1.round(some, Self.editsPerRound, pause: pauses[1])
                (gitHub, plane) = try await (gitHubsRound, planesRound)
                // Sometimes longer than the sync waits for the end of edits.
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...7_000, using: &dice)))
            }
            try await group.waitForAll()
            return kills.count
        }
    }

    /// Waits until both sides are equal and nothing is to do any more.
    /// - Returns: what is still different, and what is still to do.
    private func settle(from start: ContinuousClock.Instant) async throws -> ([(issue: Int64, text: String)], [String])
    {
        while true {
            let differences = try await differences()
            let rest = weather.isCalm ? try await connection.unfinished() : ["webhooks are under way"]
            let time = ContinuousClock.now - start
            if differences.isEmpty && rest.isEmpty || time > Self.patience { return (differences, rest) }
            if time > Self.badTime { api.turn(bad: false) }
            try await connection.shortenWaits()
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    private func differences() async throws -> [(issue: Int64, text: String)] {
        LoopState(api.repository.now).differences(from: try await connection.loopState())
    }

    /// Nothing is written any more, and what means nothing to GitHub causes no call about an issue.
    private func expectQuiet(_ targets: [LoopTarget]) async throws -> [String] {
        api.turn(bad: false)
        let before = api.repository.now
        var plane = PlaneEditor(connection, story, seed: seed)
        for target in targets {
            try await plane.rewriteHTML(of: target)
            try await plane.moveInsideGroup(target)
        }
        try await Task.sleep(for: Self.quietTime)
        let after = api.repository.now
        var problems = after.writes.dropFirst(before.writes.count).map { "written after both were equal: \($0)" }
        if after.issueReads > before.issueReads {
            problems.append("an issue was asked for although nothing had changed")
        }
        problems += try await differences().map { "after both were equal: \($0.text)" }
        return problems
    }

    private func check() async throws -> [String] {
        let (shown, counts) = (api.repository.now, api.counts)
        var problems = try await connection.brokenRules() + connection.doubles() + connection.givenUp()
        let markers = LoopText.markers(in: shown)
        problems += Set(markers).filter { marker in markers.count { $0 == marker } > 1 }.map { "\($0) is there twice" }
        if shown.writesWithoutEffect > counts.lostWrites {
            problems.append("\(shown.writesWithoutEffect) writes without effect, \(counts.lostWrites) lost answers")
        }
        return problems
    }

    private func line(_ killed: Int, _ calls: Int, _ result: String, _ duration: Duration) -> String {
        let (told, counts, shown) = (weather.counts, api.counts, api.repository.now)
        return """
            closed loop, CLOSED_LOOP_SEED=\(seed): \(2 * Self.rounds * Self.editsPerRound) edits, \(killed) workers \
            killed; \(told.told) webhooks, \(told.late) late, \(told.twice) twice, \(told.redelivered) redelivered, \
            \(told.lost) lost, \(told.refused) refused; \(calls) calls, \(counts.faults) faults; \
            \(shown.writes.count) writes, \(counts.lostWrites) answers lost, \(shown.writesWithoutEffect) without \
            effect, \(shown.writesThatCameLate) too late; \(result) after \(Int(duration / .seconds(1))) s
            """
    }
}

extension GitHubEditor {
    /// - Returns: the editor as it goes on.
    fileprivate func round(_ targets: [LoopTarget], _ count: Int, pause: Int) async throws -> GitHubEditor {
        var editor = self
        for _ in 0..<count {
            if let target = targets.randomElement(using: &editor.dice) { editor.edit(target.number) }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...pause, using: &editor.dice)))
        }
        return editor
    }
}

extension PlaneEditor {
    fileprivate func round(_ targets: [LoopTarget], _ count: Int, pause: Int) async throws -> PlaneEditor {
        var editor = self
        for _ in 0..<count {
            let (one, other) = (targets.randomElement(using: &editor.dice), targets.randomElement(using: &editor.dice))
            if let one, let other { try await editor.edit(one, or: other) }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...pause, using: &editor.dice)))
        }
        return editor
    }
}

extension Connection {
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
            where status = 'queued' and kind = 'sweep' and run_at > now() + interval '4 seconds'
            """
        )
    }
}
