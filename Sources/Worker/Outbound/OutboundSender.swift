import Base
import Database
import Deliveries
import Foundation
import GitHub
import GitHubClient
import JSON
import Jobs
import Queue
import Sync
import Synchronization

/// An attempt ends before anything is sent.
struct Unsent: Error {
    let outcome: Outcome
    /// What GitHub showed meanwhile.
    let shown: Delivery?

    init(_ outcome: Outcome, shown: Delivery? = nil) {
        self.outcome = outcome
        self.shown = shown
    }
}

/// How an attempt at an object ended.
package enum OutboundEnding: String, Sendable, CaseIterable {
    case sent, nothing, delayed, retried, failed

    init(_ outcome: Outcome) {
        switch outcome {
        case .completed(.applied, _): self = .sent
        case .completed: self = .nothing
        case .retry: self = .retried
        case .delayed: self = .delayed
        case .failed: self = .failed
        }
    }
}

/// Brings one object to GitHub: compares both sides, stores what it is about to do, does it, and stores what GitHub shows
/// then as a delivery, which goes the way of all deliveries.
///
/// No transaction is open during a call. Whatever is lost on the way, the next attempt begins by asking GitHub, so every
/// step may be repeated.
package struct OutboundSender: Sendable {
    let client: GitHubClient
    let connection: Connection
    let ids: EventIDGenerator
    let pages: PlanePages?
    let log: Log
    let known = Known()

    package init(
        _ client: GitHubClient,
        _ connection: Connection,
        ids: EventIDGenerator,
        pages: PlanePages?,
        log: Log
    ) {
        var client = client
        client.priority = .writeBack
        self.client = client
        self.connection = connection
        self.ids = ids
        self.pages = pages
        self.log = log
    }

    /// Attempts that may fail in a row before an object waits for a person, or for its next change.
    static let attempts = 8
    /// No attempt takes longer: a call has its own limit, and an object takes a few.
    package static let timeLimit = Duration.seconds(300)

    /// Works on an object until it is done or has to wait.
    /// - Returns: how the attempt ended; nil when it did not end here.
    /// - Throws: `DatabaseError`; the object is due again once its lease runs out.
    package func run(_ object: OutboundObject, token: UUID) async throws -> OutboundEnding? {
        do {
            return try await work(Attempt(object: object, token: token))
        } catch is LostClaim {
            log(.warning, "an object has another owner", object.logKeys)
            return nil
        }
    }

    private func work(_ attempt: Attempt) async throws -> OutboundEnding? {
        let object = attempt.object
        do {
            let sent = try await send(attempt)
            let keys = object.logKeys.merging([.count: sent.count]) { $1 }
            log(sent.isEmpty ? .debug : .info, "an object in Plane was compared with GitHub", keys)
            return sent.isEmpty ? .nothing : .sent
        } catch GitHubError.cancelled {
            return try await giveBack(attempt)
        } catch is CancellationError {
            return try await giveBack(attempt)
        } catch let error as GitHubError {
            log(.warning, "an object could not be sent", object.logKeys.merging([.reason: error.description]) { $1 })
            let ending = try await end(attempt, Outcome(error, after: object.age))
            // Nobody should ask again and again with a token that GitHub refuses.
            if error == .unauthorized { try? await Task.sleep(for: .seconds(30)) }
            return ending
        } catch let unsent as Unsent {
            return try await end(attempt, unsent.outcome, shown: unsent.shown)
        } catch is ObjectChanged {
            return try await end(attempt, .delayed(by: .seconds(1), reason: "it changed while it was compared"))
        } catch let error as WrittenBack {
            log(.warning, "an object is written again and again", object.logKeys)
            return try await end(attempt, .failed(reason: error.reason))
        } catch let error as DatabaseError {
            // Every step may be repeated; without a database the lease runs out.
            _ = try? await end(attempt, .delayed(by: .seconds(2), reason: "PostgreSQL: \(error.cause.rawValue)"))
            throw error
        }
    }

    private func giveBack(_ attempt: Attempt) async throws -> OutboundEnding? {
        try await connection.release([attempt.object.id], token: attempt.token, in: .outbound)
        return nil
    }

    private func end(_ attempt: Attempt, _ outcome: Outcome, shown: Delivery? = nil) async throws -> OutboundEnding {
        try await connection.finish(attempt.object, outcome, token: attempt.token, shown: shown)
        return OutboundEnding(outcome)
    }

    /// - Returns: what was sent, in words.
    private func send(_ attempt: Attempt) async throws -> [String] {
        switch attempt.object.kind {
        case .issue:
            if let issue = try await connection.run(OutboundIssue.read(attempt.object)).first {
                guard !issue.isDeleted || attempt.object.mayDelete else { return try await haveJudged(attempt) }
                return try await send(issue, attempt)
            }
            if let issue = try await connection.run(NewIssue.read(attempt.object)).first {
                return try await create(issue, attempt)
            }
        case .comment:
            if let comment = try await connection.run(OutboundComment.read(attempt.object)).first {
                let isUnjudged = comment.isDeleted && comment.counterpart != nil && !attempt.object.mayDelete
                guard !isUnjudged else { return try await haveJudged(attempt) }
                return try await send(comment, attempt)
            }
        }
        guard try await !connection.run(attempt.object.isAdopted) else {
            throw Unsent(.waiting(forEvents: "what GitHub answered comes to Plane first", attempt.object))
        }
        return try await leave(attempt)
    }

    /// Ends an attempt at what was deleted in Plane meanwhile: as with any deletion, it matters how many there are.
    private func haveJudged(_ attempt: Attempt) async throws -> [String] {
        try await connection.finish(attempt.object, .sent([]), token: attempt.token, judgesDeletion: true)
        return []
    }

    /// Ends an attempt with nothing to send.
    func leave(_ attempt: Attempt) async throws -> [String] {
        try await connection.finish(attempt.object, .sent([]), token: attempt.token)
        return []
    }

    /// An object under its claim.
    struct Attempt: Sendable {
        let object: OutboundObject
        let token: UUID
    }
}

// MARK: What every object needs

extension OutboundSender {
    /// - Throws: `GitHubError.validation` when the name belongs to another repository by now.
    func repository(_ place: OutboundPlace) async throws -> RepositoryReading {
        guard let found = try await client.repository(place.repository).content.content else {
            throw GitHubError.notFound
        }
        guard found.repository.id == place.repositoryID else {
            throw GitHubError.validation("\(place.repository) is another repository by now")
        }
        return found
    }

    func page(of place: OutboundPlace) -> String? { pages?.issue(place.issue, in: place.workspace) }

    /// Who we are, which is asked once.
    func identity(in repository: RepositoryName) async throws -> Identity {
        if let known = known.identity.withLock({ $0 }) { return known }
        let identity = try await client.whoAmI(on: repository)
        known.identity.withLock { $0 = identity }
        return identity
    }

    final class Known: Sendable {
        let identity = Mutex<Identity?>(nil)
    }
}

extension Outcome {
    /// `refused` is what GitHub cannot have, with the reasons.
    static func sent(_ words: [String], refused: [String] = []) -> Outcome {
        let result = JSONValue.object(["sent": .strings(words), "refused": .strings(refused)]).text
        return .completed(words.isEmpty ? .ignored : .applied, result: result)
    }

    /// What came from GitHub has to be applied to Plane first, which takes a moment; if it never is, a person has to look.
    static func waiting(forEvents reason: String, _ object: OutboundObject) -> Outcome {
        guard object.retries < OutboundSender.attempts else {
            return .failed(reason: "\(reason), and is not applied (see plane-worker events)")
        }
        return .retry(after: .seconds(2) * (1 << min(object.retries, 5)), reason: reason)
    }

    /// Limits and what GitHub cannot do just now cost nothing; what it refuses for good waits for the next change, or for
    /// a person.
    fileprivate init(_ error: GitHubError, after age: Duration) {
        let reason = error.description
        func wait(until time: Timestamp) -> Duration {
            let wait = Duration.microseconds(time.microseconds - Timestamp.now.microseconds)
            return max(.seconds(1), wait) + .seconds(Double.random(in: 0...2))
        }
        switch error {
        case .rateLimited(let until, _), .parked(let until): self = .delayed(by: wait(until: until), reason: reason)
        case .database: self = .delayed(by: .seconds(5), reason: reason)
        // Somebody renews the token; until then no object is to blame.
        case .unauthorized: self = .delayed(by: .seconds(300), reason: reason)
        case .transient, .outcomeUnknown, .cancelled:
            var pause = min(.seconds(300), max(.seconds(5), age / 10))
            if case .transient(_, .some(let until)) = error { pause = max(pause, wait(until: until)) }
            self = .delayed(by: pause * Double.random(in: 1...1.5), reason: reason)
        case .notFound, .gone, .moved, .forbidden, .validation: self = .failed(reason: reason)
        }
    }
}
