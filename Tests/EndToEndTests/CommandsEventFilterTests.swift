import Base
import Database
import Foundation
import TestSupport
import Testing

/// `--issue`, `--sender` and `--before` of `plane-worker events` and `plane-worker replay`.
@Suite(.timeLimit(.minutes(15))) struct CommandsEventFilterTests {
    private typealias Scene = CommandsIssueScene

    /// Events about issues 1 and 2 of rocket and 1 of shuttle, by two people; oldest last, and all failed.
    private static func seeds() -> [CommandsSeed] {
        let numbers: [(Int64, SampleRepository, SampleUser)] = [
            (1, Scene.rocket, .octocat), (2, Scene.rocket, .stranger), (1, Scene.shuttle, .octocat),
            (1, Scene.rocket, .stranger),
        ]
        return numbers.enumerated().map { index, event in
            let (number, repository, sender) = event
            var seed = CommandsSeed(age: Double(index * 3_600 + 60))
            (seed.number, seed.sender, seed.status, seed.error) = (number, sender.login, .failed, "boom")
            (seed.repository, seed.repositoryID) = (repository.fullName, repository.id)
            return seed
        }
    }

    @Test(arguments: [
        (["--issue", "acme/rocket#1"], [0, 3]), (["--issue", "Acme/Rocket/2"], [1]), (["--issue", "#1"], [0, 2, 3]),
        (["--issue", "#1", "--repository", "acme/shuttle"], [2]), (["--sender", "octocat"], [0, 2]),
        (["--sender", "OctoCat", "--issue", "#1"], [0, 2]), (["--sender", "nobody"], []), (["--sender", "octo%"], []),
        (["--before", "90m"], [2, 3]), (["--before", "90m", "--since", "150m"], [2]),
        (["--before", "2000-01-01T00:00:00Z"], []), (["--issue", "acme/rocket#77"], []),
        (["--issue", "acme/rocket#1", "--sender", "stranger", "--before", "1h"], [3]),
    ])
    func `filters narrow the list, and a replay to the same events`(
        _ words: [String],
        _ expected: [Int]
    ) async throws {
        try await Scene.with { scene in
            let seeds = Self.seeds()
            try await scene.connection.insert(seeds.shuffled())
            let json = try await CommandsRun.worker(["events", "--json"] + words, on: scene.database)
            #expect(json.status == 0)
            let ids = try json.lines.map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["id"] as? String
            }
            #expect(ids == expected.map { seeds[$0].id.text })
            let text = try await CommandsRun.worker(["events"] + words, on: scene.database)
            #expect(text.lines.dropFirst().map { String($0.prefix(36)) } == expected.map { seeds[$0].id.text })
            #expect(text.errors == (expected.isEmpty ? "no events\n" : ""))

            let replay = ["replay", "--status", "failed"] + words
            let dry = try await CommandsRun.worker(replay + ["--dry-run", "--json"], on: scene.database).json
            #expect(dry["matched"] as? Int == expected.count)
            let run = try await CommandsRun.worker(replay, on: scene.database)
            #expect(run.status == 0)
            #expect(run.output == "replayed \(expected.count == 1 ? "1 event" : "\(expected.count) events")\n")
            for (index, seed) in seeds.enumerated() {
                let status = try await scene.connection.status(of: seed.id)
                #expect(status == (expected.contains(index) ? .pending : .failed), "\(index)")
            }
        }
    }

    @Test func `the last id of a page leads to the next page`() async throws {
        try await Scene.with { scene in
            let seeds = Self.seeds()
            try await scene.connection.insert(seeds)
            let first = try await scene.ids("events", "--limit", "3")
            #expect(first == seeds.prefix(3).map(\.id.text))
            #expect(try await scene.ids("events", "--limit", "3", "--before", first[2]) == [seeds[3].id.text])
            for id in [first[2].uppercased(), String(first[2].prefix(18))] {
                #expect(try await scene.ids("events", "--before", id) == [seeds[3].id.text])
            }
        }
    }

    @Test func `JSON lines say the number and who caused it`() async throws {
        try await Scene.with { scene in
            try await scene.connection.insert(Self.seeds())
            let run = try await scene.run("events", "--issue", "acme/rocket#2", "--json")
            #expect(run.lines.count == 1)
            #expect(try run.json["number"] as? Int == 2)
            #expect(try run.json["sender"] as? String == "stranger")
        }
    }

    @Test func `an issue is found by its name in Plane once it is there`() async throws {
        try await Scene.with { scene in
            let missing = try await scene.run("events", "--issue", "GH-1")
            #expect(missing.status == 1)
            #expect(missing.output == "")
            #expect(missing.errors == "plane-worker: no issue on GitHub is known as GH-1\n")
            let (first, second) = (Scene.opened(), Scene.opened(in: Scene.shuttle))
            try await scene.process(first, second)
            #expect(try await scene.ids("events", "--issue", "GH-1") == [first.id.text])
            #expect(try await scene.ids("events", "--issue", "sec-1") == [second.id.text])
        }
    }

    @Test(arguments: [["events"], ["events", "--json"], ["replay", "--status", "failed"]])
    func `a repository that nobody knows has no issue, and nothing is replayed`(_ words: [String]) async throws {
        try await Scene.with { scene in
            try await scene.connection.insert(Self.seeds())
            for name in ["nobody/nothing#1", "XX-1"] {
                let run = try await CommandsRun.worker(words + ["--issue", name], on: scene.database)
                #expect(run.status == 1)
                #expect(run.output == "")
                #expect(run.errors == "plane-worker: no issue on GitHub is known as \(name)\n")
            }
            #expect(try await scene.connection.count(.failed) == 4)
        }
    }

    @Test(arguments: [["events"], ["replay", "--status", "failed"]])
    func `bad values are wrong usage`(_ words: [String]) async throws {
        let id = CommandsSeed().id.text
        for (option, value, message) in [
            ("--issue", "GH", "--issue is 'GH', expected an issue such as GH-12, owner/name#12 or #12"),
            ("--issue", "#0", "--issue is '#0'"), ("--issue", "a/b#", "--issue is 'a/b#'"),
            ("--before", "yesterday", "--before is 'yesterday', expected an age such as 90s, 15m, 1h, 7d or a time"),
            ("--before", String(id.prefix(17)), "--before is '\(id.prefix(17))', expected"),
            ("--before", "-5m", "--before"),
        ] {
            let run = try await CommandsRun.worker(words + [option, value])
            #expect(run.status == 2, "\(option) \(value)")
            #expect(run.output == "")
            #expect(run.errors.hasPrefix("plane-worker: \(message)"), "\(run.errors)")
        }
        for option in ["--issue", "--sender", "--before"] {
            let run = try await CommandsRun.worker(words + [option])
            #expect(run.status == 2)
        }
    }

    @Test func `an event that is named cannot be filtered as well`() async throws {
        let id = CommandsSeed().id.text
        for (option, value) in [("--issue", "GH-1"), ("--sender", "octocat"), ("--before", "1h")] {
            let run = try await CommandsRun.worker(["replay", id, option, value])
            #expect(run.status == 2)
            #expect(run.errors.hasPrefix("plane-worker: \(option) cannot be combined with an ID"))
        }
    }
}
