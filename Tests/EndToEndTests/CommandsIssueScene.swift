import Base
import Database
import Foundation
import TestSupport
import Testing

/// Two repositories with issues of the same numbers, each followed by a project: GH for rocket, SEC for shuttle.
struct CommandsIssueScene: Sendable {
    static let rocket = SampleRepository.rocket
    static let shuttle = SampleRepository.shuttle

    let database: TestDatabase
    let connection: Connection

    static func with(_ body: @Sendable (CommandsIssueScene) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            _ = try await connection.connectRepository(rocket.id, rocket.fullName)
            _ = try await connection.connectRepository(shuttle.id, shuttle.fullName, to: .second)
            try await body(CommandsIssueScene(database: database, connection: connection))
        }
    }

    /// An event as ingest stores it.
    static func event(
        _ payload: [UInt8],
        _ action: String,
        of number: Int64 = 1,
        in repository: SampleRepository = rocket,
        type: EventType = .issues,
        by sender: SampleUser = .octocat,
        at seconds: Int = 0
    ) -> CommandsSeed {
        var seed = CommandsSeed()
        (seed.type, seed.action, seed.number, seed.sender) = (type, action, number, sender.login)
        seed.changedAt = SampleIssue.time(seconds)
        (seed.repository, seed.repositoryID) = (repository.fullName, repository.id)
        seed.payload = String(decoding: payload, as: UTF8.self)
        return seed
    }

    static func opened(
        _ number: Int64 = 1,
        in repository: SampleRepository = rocket,
        by sender: SampleUser = .octocat
    ) -> CommandsSeed {
        let issue = SampleIssue(number, repository: repository)
        return event(
            issue.event("opened", in: repository, by: sender),
            "opened",
            of: number,
            in: repository,
            by: sender
        )
    }

    /// Stores events one after the other and has a worker process each before the next one comes.
    func process(_ seeds: CommandsSeed...) async throws {
        let worker = try await WorkerProgram(database)
        for seed in seeds {
            try await connection.insert(seed)
            let isDrained = try await eventually(within: .seconds(300)) { try await connection.isDrained() }
            #expect(isDrained)
        }
        #expect(try await worker.stop() == 0)
    }

    func run(_ words: String...) async throws -> CommandsRun { try await CommandsRun.worker(words, on: database) }

    /// The ids that `events` or such lists as JSON lines.
    func ids(_ words: String...) async throws -> [String] {
        let run = try await CommandsRun.worker(words + ["--json"], on: database)
        #expect(run.status == 0, "\(run.errors)")
        return try run.lines.map { line in
            let json = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return json?["id"] as? String ?? ""
        }
    }
}
