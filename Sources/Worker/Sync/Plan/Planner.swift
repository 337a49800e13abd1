import Base
import Database
import Foundation
import GitHub
import Queue
import Text

/// The sync rules, which turn GitHub's snapshots and Plane's rows into writes.
///
/// They use no I/O, no clock and no randomness.
struct Planner {
    let batch: SyncBatch
    let world: World
    private let renderings: Renderings
    var writes = Writes()
    /// Bodies that have to be written and were not rendered; if there are any, the writes are of no use.
    private(set) var missing: Set<Renderings.Body> = []
    /// What was done about each object, for the results of the events.
    private(set) var notes: [SyncedObject: Note] = [:]
    /// The pull requests, and the issues they name, as they will be after this batch.
    var pulls: [PlaneKey: AppliedPull]
    var references: Set<PullReference>
    /// The issues whose phases are planned already, by Plane's ids.
    var plannedPhases: Set<UUID> = []

    /// The result for one object in one project.
    struct Note: Sendable, Equatable {
        /// The event whose snapshot won; the other events are superseded.
        let winner: UUID
        let outcome: Conclusion
        var changes: [Change]

        init(_ origin: Origin, _ outcome: Conclusion, _ changes: Change...) {
            self.init(origin, outcome, changes)
        }

        init(_ origin: Origin, _ outcome: Conclusion, _ changes: [Change]) {
            winner = origin.eventID
            self.outcome = outcome
            self.changes = changes
        }
    }

    /// Decides everything that a batch changes.
    ///
    /// Pull requests come before issues, whose states depend on them. Issues come before comments, which belong to
    /// them.
    init(_ batch: SyncBatch, in world: World, with renderings: Renderings = Renderings()) {
        self.batch = batch
        self.world = world
        self.renderings = renderings
        pulls = world.pulls.stored.mapValues(\.pull)
        references = world.pulls.references
        let newest = world.followers.compactMap { follower in
            world.newest[follower.repositorySyncID].map { (follower, $0) }
        }
        for (follower, newest) in newest {
            if let snapshot = newest.repositories[follower.repositoryID] {
                notes[.repository(follower.repositorySyncID)] = planRepository(snapshot, for: follower)
            }
            plan(newest.labels, for: follower, as: SyncedObject.label) { $0.planLabel($1, for: $2, key: $3) }
            plan(newest.pulls, for: follower, as: SyncedObject.pull, \.pulls.histories) {
                $0.planPull($1, for: $2, key: $3)
            }
        }
        for (follower, newest) in newest {
            plan(newest.issues, for: follower, as: SyncedObject.issue, \.issues.histories) {
                $0.planIssue($1, for: $2, key: $3)
            }
        }
        for (follower, newest) in newest {
            for key in newest.pulls.keys.sorted() {
                if let latest = newest.pulls[key] { planLinks(of: latest.snapshot, for: follower) }
            }
            plan(newest.comments, for: follower, as: SyncedObject.comment, \.comments.histories) {
                $0.planComment($1, for: $2, key: $3)
            }
        }
    }

    /// Plans the newest snapshots of one repository, in key order.
    private mutating func plan<Content>(
        _ newest: [GitHubKey: Content],
        for follower: Follower,
        as object: (PlaneKey) -> SyncedObject,
        _ rule: (inout Planner, Content, Follower, PlaneKey) -> Note?
    ) {
        for key in newest.keys.sorted() {
            guard let snapshot = newest[key] else { continue }
            let planeKey = PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: key.id)
            let note = rule(&self, snapshot, follower, planeKey)
            notes[object(planeKey)] = note
        }
    }

    /// Plans the newest snapshots, and notes the histories that they were chosen from.
    private mutating func plan<Content>(
        _ newest: [GitHubKey: NewestSnapshot<Content>],
        for follower: Follower,
        as object: (PlaneKey) -> SyncedObject,
        _ histories: WritableKeyPath<Writes, [PlaneKey: SecondHistory]>,
        _ rule: (inout Planner, NewestSnapshot<Content>, Follower, PlaneKey) -> Note?
    ) {
        plan(newest, for: follower, as: object) { planner, latest, follower, key in
            let note = rule(&planner, latest, follower, key)
            // A new snapshot that was left alone stays out of the history.
            if !latest.isNewer || note?.outcome == .applied { planner.writes[keyPath: histories][key] = latest.history }
            return note
        }
    }

    /// Adds changes to the result for an object.
    mutating func note(_ changes: [Change], on object: SyncedObject) {
        notes[object]?.changes += changes
    }

    /// The rendered text of a body that is to be written; `hash` is that of the Markdown.
    mutating func text(of markdown: String, hash: Bytes, in context: MarkdownContext) -> RichText {
        let body = Renderings.Body(markdown, hash: hash, in: context)
        guard let text = renderings[body] else {
            missing.insert(body)
            return RichText(html: "")
        }
        return text
    }

    /// The Plane user who is this GitHub user in the project, or else the bot.
    func actor(_ user: GitHubUser?, in follower: Follower) -> UUID {
        world.people.member(user, of: follower.projectID)?.userID ?? follower.botID
    }

    func context(_ issueID: UUID, _ follower: Follower, _ actor: UUID) -> Activity.Context {
        Activity.Context(issueID: issueID, place: follower.place, actor: actor)
    }
}
