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
    /// Deliveries that were processed before and have to be looked at again; if there are any, as above.
    private(set) var recalls: Set<UUID> = []
    /// What was done about each object, for the results of the events.
    private(set) var notes: [SyncedObject: Note] = [:]
    /// Deliveries that cannot be applied yet, with the reason.
    private(set) var early: [UUID: String] = [:]
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
            self.init(origin.eventID, outcome, changes)
        }

        init(_ winner: UUID, _ outcome: Conclusion, _ changes: [Change]) {
            self.winner = winner
            self.outcome = outcome
            self.changes = changes
        }
    }

    /// Decides everything that a batch changes.
    init(_ batch: SyncBatch, in world: World, with renderings: Renderings = Renderings()) {
        self.batch = batch
        self.world = world
        self.renderings = renderings
        pulls = world.pulls.stored.mapValues(\.pull)
        references = world.pulls.references
        for kind in Registry.kinds {
            forEachNewest(of: kind) { planner, latest, follower in planner.plan(latest, in: follower) }
        }
        for kind in Registry.kinds { forEachNewest(of: kind) { $1.snapshot.planConsequences(in: $2, &$0) } }
    }

    private mutating func plan(_ latest: NewestSnapshot, in follower: Follower) {
        let object = latest.snapshot.object(in: follower)
        let note = latest.snapshot.plan(isNewer: latest.isNewer, in: follower, &self)
        notes[object] = note
        // A new snapshot that was left alone stays out of the history.
        guard !latest.isNewer || note?.outcome == .applied, let history = latest.history else { return }
        writes.keep(history, of: object)
    }

    /// Goes through the newest snapshots of one kind, for each project in key order.
    private mutating func forEachNewest(
        of kind: any Snapshot.Type,
        _ body: (inout Planner, NewestSnapshot, Follower) -> Void
    ) {
        for follower in world.followers {
            let newest = world.newest[follower.repositorySyncID]?[kind] ?? [:]
            for (_, latest) in newest.sorted(by: { $0.key < $1.key }) {
                body(&self, latest, follower)
            }
        }
    }

    /// Adds changes to the result for an object.
    mutating func note(_ changes: [Change], on object: SyncedObject) {
        notes[object]?.changes += changes
    }

    /// Has a delivery that was processed before put beside the batch.
    mutating func recall(_ eventID: UUID) { recalls.insert(eventID) }

    /// Has a delivery run again later.
    mutating func delay(_ origin: Origin, _ reason: String) { early[origin.eventID] = reason }

    /// The rendered text of a body that is to be written; `hash` is that of the Markdown.
    mutating func text(of markdown: String, hash: Bytes, in context: MarkdownContext) -> RichText {
        text(of: Renderings.Body(markdown, hash: hash, in: context))
    }

    mutating func text(of body: Renderings.Body) -> RichText {
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
