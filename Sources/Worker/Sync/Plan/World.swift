import Base
import Database
import Foundation
import GitHub

/// The rows that the planner needs for a batch, read while the version rows of its objects are locked.
struct World: Sendable {
    let followers: [Follower]
    /// Why nobody follows a repository of the batch, if there is a reason to give.
    var absences: [Int64: String] = [:]
    var issues: [PlaneKey: IssueRecord]
    let comments: [PlaneKey: CommentRecord]
    let states: [UUID: ProjectStates]
    var labels: KnownLabels
    let people: People
    /// The outcome of the settings' rules for each delivery, for the connections that have rules.
    let rules: [RuleKey: RuleOutcome]
    let pulls: LinkedPulls
    let repositoryVersions: [UUID: ObjectVersion]
    /// The newest snapshots in the batch, by connection.
    private(set) var newest: [UUID: NewestSnapshots] = [:]
}

extension World {
    static func read(_ batch: SyncBatch, _ targets: PullTargets) -> Read<World> {
        Read.all(
            Follower.read(batch, targets),
            IssueRecord.read(batch, targets),
            CommentRecord.read(batch),
            ProjectStates.read(batch, targets),
            KnownLabels.read(batch),
            People.read(batch),
            RuleOutcome.read(batch),
            LinkedPulls.read(batch, targets),
            RepositoryStatements.read(batch)
        ).map { followers, issues, comments, states, labels, people, rules, pulls, repositories in
            World(
                followers: followers,
                issues: issues.byKey,
                comments: comments,
                states: states,
                labels: labels,
                people: people.adding(issues.assigneeNames),
                rules: rules,
                pulls: pulls,
                repositoryVersions: repositories
            )
        }
    }

    /// Decides which delivery shows each object of the batch as it is now.
    ///
    /// - Throws: `Missing.deliveries` when such a delivery was processed before and is not in the batch.
    mutating func findNewest(in batch: SyncBatch) throws {
        let records = applied
        let repositories = Set(batch.repositoryIDs)
        for follower in followers where repositories.contains(follower.repositoryID) {
            newest[follower.repositorySyncID] = NewestSnapshots(
                batch,
                after: records[follower.repositorySyncID] ?? .init()
            ) {
                $0.repository.id == follower.repositoryID && refusal(of: $0, by: follower) == nil
            }
        }
        let missing = newest.values.reduce(into: Set()) { $0.formUnion($1.missing) }
        guard missing.isEmpty || batch.recalls >= Self.recallLimit else { throw Missing.deliveries(missing) }
    }

    /// After so many recalls the batch goes on without the missing deliveries.
    ///
    /// An object whose deliveries arrive faster than they can be recalled keeps its version until the next one.
    private static let recallLimit = 5

    /// The versions that were last applied, by connection.
    private var applied: [UUID: NewestSnapshots.Records] {
        var records: [UUID: NewestSnapshots.Records] = [:]
        for (key, record) in issues {
            guard let version = record.applied?.version else { continue }
            records[key.repositorySyncID, default: .init()].issues[key.githubID] = .init(version, record.history)
        }
        for (key, record) in comments {
            guard let version = record.applied?.version else { continue }
            records[key.repositorySyncID, default: .init()].comments[key.githubID] = .init(version, record.history)
        }
        for (key, record) in pulls.stored {
            records[key.repositorySyncID, default: .init()].pulls[key.githubID] = .init(record.version, record.history)
        }
        return records
    }

    /// Why a connection's settings exclude a delivery; nil when they do not.
    func refusal(of origin: Origin, by follower: Follower) -> String? {
        guard follower.settings.accepts(origin.event, origin.action) else {
            return "settings: \(origin.event.rawValue).\(origin.action) is not accepted"
        }
        return rules(for: origin, by: follower)?.ignored.map { "settings: ignored by \($0)" }
            ?? ruleProblem(of: origin, by: follower)
    }

    /// Why a connection's rules could not be applied to a delivery; nil when they could.
    ///
    /// The delivery is left alone then, because one of the rules may have been meant to exclude it.
    func ruleProblem(of origin: Origin, by follower: Follower) -> String? {
        (rules(for: origin, by: follower)?.problem).map {
            "settings: the rules of \(follower.identifier) could not be applied: \($0)"
        }
    }

    /// Nil when the connection has no rules.
    func rules(for origin: Origin, by follower: Follower) -> RuleOutcome? {
        rules.isEmpty ? nil : rules[RuleKey(eventID: origin.eventID, repositorySyncID: follower.repositorySyncID)]
    }
}
