import Base
import Database
import Foundation
import GitHub
import Queue
import Text

/// The sync rules: what GitHub shows and what Plane has become changes.
///
/// No I/O, no clock, no chance.
struct Planner {
    let batch: SyncBatch
    let world: World
    let sightings: [UUID: Sighting]
    private let renderings: Renderings
    var changes = Changes()
    /// Bodies that are to be written and were not rendered: the changes are of no use then.
    private(set) var missing: Set<Renderings.Body> = []
    /// What was done about each object in each project, for the events' results.
    private(set) var notes: [PlaneKey: Note] = [:]
    private(set) var commentNotes: [PlaneKey: Note] = [:]
    private(set) var pullNotes: [PlaneKey: Note] = [:]
    private(set) var labelNotes: [PlaneKey: Note] = [:]
    private(set) var repositoryNotes: [UUID: Note] = [:]
    /// Pull requests and whom they name, as they will be after this batch.
    var pulls: [PlaneKey: PullSnapshot]
    var references: Set<PullReference>
    /// The phases that issues were planned for, by Plane's key.
    var plannedPhases: Set<UUID> = []

    /// What became of one object in one project.
    struct Note: Sendable, Equatable {
        /// The event whose snapshot won; the others are superseded.
        let winner: UUID
        var outcome: Conclusion
        var changes: [String]
    }

    /// Decides everything a batch changes.
    ///
    /// Pull requests come before issues, whose states depend on them, and issues before comments, which hang on them.
    init(_ batch: SyncBatch, in world: World, with renderings: Renderings = Renderings()) {
        self.batch = batch
        self.world = world
        self.renderings = renderings
        sightings = batch.sightings
        pulls = world.pulls.stored.mapValues(\.snapshot)
        references = world.pulls.references
        let repositories = Set(batch.repositoryIDs)
        let followers = world.followers.filter { repositories.contains($0.repositoryID) }
        let newest = followers.compactMap { follower in
            world.newest[follower.repositorySyncID].map { (follower, $0) }
        }
        for (follower, newest) in newest {
            for key in newest.repositories.keys where key == follower.repositoryID {
                guard let seen = newest.repositories[key] else { continue }
                repositoryNotes[follower.repositorySyncID] = planRepository(seen, for: follower)
            }
            plan(newest.labels, for: follower, into: \.labelNotes) { $0.planLabel($1, for: $2, key: $3) }
            plan(newest.pulls, for: follower, into: \.pullNotes, \.pullHistories) {
                $0.planPull($1, for: $2, key: $3)
            }
        }
        for (follower, newest) in newest {
            plan(newest.issues, for: follower, into: \.notes, \.issueHistories) {
                $0.planIssue($1, for: $2, key: $3)
            }
        }
        for (follower, newest) in newest {
            for key in newest.pulls.keys.sorted() where key.repositoryID == follower.repositoryID {
                guard let seen = newest.pulls[key] else { continue }
                planLinks(of: seen.seen, for: follower)
            }
            plan(newest.comments, for: follower, into: \.commentNotes, \.commentHistories) {
                $0.planComment($1, for: $2, key: $3)
            }
        }
    }

    /// Plans the newest snapshots of one repository in key order.
    private mutating func plan<Seen>(
        _ newest: [GitHubKey: Seen],
        for follower: Follower,
        into notes: WritableKeyPath<Planner, [PlaneKey: Note]>,
        _ rule: (inout Planner, Seen, Follower, PlaneKey) -> Note?
    ) {
        for key in newest.keys.sorted() where key.repositoryID == follower.repositoryID {
            guard let seen = newest[key] else { continue }
            let planeKey = PlaneKey(repositorySyncID: follower.repositorySyncID, githubID: key.id)
            let note = rule(&self, seen, follower, planeKey)
            self[keyPath: notes][planeKey] = note
        }
    }

    /// The same, and keeps the deliveries that each was chosen from.
    private mutating func plan<Seen>(
        _ newest: [GitHubKey: Latest<Seen>],
        for follower: Follower,
        into notes: WritableKeyPath<Planner, [PlaneKey: Note]>,
        _ histories: WritableKeyPath<Changes, [PlaneKey: SecondHistory]>,
        _ rule: (inout Planner, Latest<Seen>, Follower, PlaneKey) -> Note?
    ) {
        plan(newest, for: follower, into: notes) { planner, latest, follower, key in
            let note = rule(&planner, latest, follower, key)
            // What was left alone although it is news leaves no trace.
            if !latest.isNews || note?.outcome == .applied { planner.changes[keyPath: histories][key] = latest.history }
            return note
        }
    }

    /// Adds to what a pull request's event is said to have done.
    mutating func addNote(_ changes: [String], to pull: PlaneKey) {
        pullNotes[pull]?.changes += changes
    }

    /// What a body becomes that is to be written; `hash` is that of the Markdown.
    mutating func text(of markdown: String, hash: Bytes, in context: MarkdownContext) -> RichText {
        let body = Renderings.Body(markdown, hash: hash, in: context)
        guard let text = renderings[body] else {
            missing.insert(body)
            return RichText(html: "")
        }
        return text
    }

    /// The Plane user of a GitHub user in a project, or the bot.
    func actor(_ user: GitHubUser?, in follower: Follower) -> UUID {
        world.people.member(user, of: follower.projectID)?.userID ?? follower.botID
    }
}

extension World {
    /// Why a connection's settings leave a delivery alone; nil when they do not.
    func refusal(of origin: Origin, by follower: Follower) -> String? {
        guard follower.settings.accepts(origin.event, origin.action) else {
            return "settings: \(origin.event.rawValue).\(origin.action) is not accepted"
        }
        let key = RuleKey(eventID: origin.eventID, repositorySyncID: follower.repositorySyncID)
        return rules[key]?.ignored.map { "settings: ignored by \($0)" } ?? ruleProblem(of: origin, by: follower)
    }

    /// Why a connection's rules could not be applied to a delivery; nil when they could.
    ///
    /// It is left alone then: one of them may have been meant to keep it out.
    func ruleProblem(of origin: Origin, by follower: Follower) -> String? {
        let key = RuleKey(eventID: origin.eventID, repositorySyncID: follower.repositorySyncID)
        return (rules[key]?.problem).map { "settings: the rules of \(follower.identifier) could not be applied: \($0)" }
    }
}

extension Follower {
    var place: Place { Place(projectID: projectID, workspaceID: workspaceID) }
}
