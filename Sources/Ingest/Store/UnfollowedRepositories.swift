import Base
import Database
import Synchronization

/// Remembers in the database whose signed deliveries nobody wanted, so that `connect` finds the numbers of repositories.
///
/// No delivery waits for it, and each repository is written once in an hour.
package final class UnfollowedRepositories: Sendable {
    private struct Entry {
        let name: String
        let notedAt: ContinuousClock.Instant
    }

    private struct State {
        /// By GitHub's id.
        var noted: [Int64: Entry] = [:]
        var waiting: [Int64: String] = [:]
    }

    private static let lifetime = Duration.seconds(3_600)
    /// For a repository that was renamed meanwhile.
    private static let pause = Duration.seconds(60)
    /// Repositories that are remembered, and that may wait for the database.
    private static let capacity = 10_000
    private static let waitingLimit = 500

    private let state = Mutex(State())
    private let requests: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (requests, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Notes a repository, by its number and its `owner/name`.
    /// - Returns: whether it will be written, which each repository is once in an hour.
    @discardableResult
    package func note(_ id: Int64, _ name: String, at now: ContinuousClock.Instant = .now) -> Bool {
        let isNew = state.withLock { state in
            if let entry = state.noted[id], now < entry.notedAt + (entry.name == name ? Self.lifetime : Self.pause) {
                return false
            }
            guard state.waiting.count < Self.waitingLimit else { return false }
            if state.noted.count >= Self.capacity { state.noted = [:] }
            state.noted[id] = Entry(name: name, notedAt: now)
            state.waiting[id] = name
            return true
        }
        if isNew { continuation.yield() }
        return isNew
    }

    /// What was noted since the last time.
    func take() -> [Int64: String] {
        state.withLock { state in
            defer { state.waiting = [:] }
            return state.waiting
        }
    }

    /// Writes what is noted until the task is cancelled.
    package func run(_ connection: Connection, log: Log) async {
        let limitedLog = LimitedLog(log, pause: .seconds(3_600))
        for await _ in requests {
            let found = take()
            do {
                try await connection.remember(found)
                try? await Task.sleep(for: .seconds(1))
            } catch {
                guard DatabaseError.Cause(error) == .unavailable else {
                    let words: StaticString = "unfollowed repositories are not remembered"
                    limitedLog(.warning, words, reason: "report", [.error: "\(error)"])
                    continue
                }
                // That shows elsewhere, and a ping comes only once.
                state.withLock { $0.waiting.merge(found) { newer, _ in newer } }
                try? await Task.sleep(for: .seconds(5))
                continuation.yield()
            }
        }
    }
}

extension Connection {
    /// Remembers repositories, the newest 4096 of all.
    fileprivate func remember(_ repositories: [Int64: String]) throws {
        for (id, name) in repositories.sorted(by: { $0.key < $1.key }) {
            try run(
                """
                with known as (
                    update github_sync.github_unfollowed_repositories
                    set repository_id = \(id), full_name = \(name), seen_at = now()
                    where repository_id = coalesce(
                        (
                            select repository_id from github_sync.github_unfollowed_repositories
                            where repository_id = \(id)
                        ),
                        (
                            select repository_id from github_sync.github_unfollowed_repositories
                            order by seen_at desc offset 4095 limit 1
                        )
                    )
                    returning 1
                )
                insert into github_sync.github_unfollowed_repositories (repository_id, full_name)
                select \(id), \(name) where not exists (select from known)
                on conflict do nothing
                """,
                within: .seconds(2)
            )
        }
    }
}
