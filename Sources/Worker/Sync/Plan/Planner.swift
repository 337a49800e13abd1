import Foundation
import Shared

/// The sync rules: what GitHub shows and what Plane has become changes.
///
/// No I/O, no clock, no chance.
struct Planner {
    let batch: SyncBatch
    let world: World
    var changes = Changes()
    /// What was done about each object in each project, for the events' results.
    private(set) var notes: [PlaneKey: Note] = [:]
    private(set) var commentNotes: [PlaneKey: Note] = [:]

    /// What became of one object in one project.
    struct Note: Sendable, Equatable {
        /// The event whose snapshot won; the others are superseded.
        let winner: UUID
        var outcome: EventResult.Outcome
        var changes: [String]
    }

    /// Decides everything a batch changes.
    init(_ batch: SyncBatch, in world: World) {
        self.batch = batch
        self.world = world
        let followers = Dictionary(grouping: world.followers, by: \.repositoryID)
        for key in batch.issueKeys {
            guard let observation = batch.issues[key] else { continue }
            for follower in followers[key.repositoryID] ?? [] {
                let planeKey = PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: key.id)
                guard let record = world.issues[planeKey] else { continue }
                notes[planeKey] = planIssue(observation, for: follower, record: record, key: planeKey)
            }
        }
        for key in batch.commentKeys {
            guard let observation = batch.comments[key] else { continue }
            for follower in followers[key.repositoryID] ?? [] {
                let planeKey = PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: key.id)
                guard let record = world.comments[planeKey] else { continue }
                commentNotes[planeKey] = planComment(observation, for: follower, record: record, key: planeKey)
            }
        }
    }

    /// The result of one event of the batch.
    ///
    /// `numbers` are Plane's numbers of the issues made just now.
    func result(of observation: Observation, numbers: [UUID: Int]) -> EventResult {
        let followers = world.followers.filter { $0.repositoryID == observation.repository.id }
        guard !followers.isEmpty else { return .ignored("the repository is not connected to any project") }
        var outcomes: Set<EventResult.Outcome> = []
        let projects = followers.map { follower in
            let issueKey = PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: observation.issue.id)
            var relevant = [notes[issueKey]]
            if let comment = observation.comment?.comment {
                relevant.append(
                    commentNotes[PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: comment.id)]
                )
            }
            let own = relevant.compactMap(\.self).filter { $0.winner == observation.eventID }
            outcomes.formUnion(own.map(\.outcome))
            let done = own.flatMap(\.changes)
            let record = world.issues[issueKey]
            let number = record?.plane?.number ?? record.flatMap { numbers[$0.id] }
            return EventResult.Project(
                project: follower.identifier,
                issue: number.map { "\(follower.identifier)-\($0)" },
                changes: own.isEmpty
                    ? ["skipped: a newer delivery was at hand"] : done.isEmpty ? ["nothing to change"] : done
            )
        }
        let outcome = EventResult.Outcome.strongest(of: outcomes)
        return EventResult(outcome: outcome, projects: projects)
    }

    /// The Plane user of a GitHub user in a project, or the bot.
    func actor(_ user: GitHubUser?, in follower: Follower) -> UUID {
        world.people.member(user, of: follower.projectID)?.userID ?? follower.botID
    }
}

extension EventResult.Outcome {
    /// An event that changed one project and was late for another was applied.
    fileprivate static func strongest(of outcomes: Set<Self>) -> Self {
        outcomes.contains(.applied) ? .applied : outcomes.contains(.ignored) ? .ignored : .superseded
    }
}

extension Follower {
    var place: Place { Place(projectID: projectID, workspaceID: workspaceID) }
}
