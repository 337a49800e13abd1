import Foundation
import GitHub

/// Whom Plane shows as the author of a text, and what opens the text: the two are decided together, so that the first
/// line names somebody exactly where the bot is shown.
struct Byline: Sendable, Equatable {
    let author: UUID
    /// The text is by somebody who is no Plane user.
    let namesAuthor: Bool
    /// Who it is by now, when the text was shown as somebody else's until now.
    let newAuthor: People.Person?
}

/// A text that is in Plane.
struct ShownText: Sendable {
    let author: UUID?
    /// Nil when it was not read.
    let html: String?
}

extension Planner {
    /// By whom a text is: by the GitHub user, once the project knows them.
    ///
    /// Else by whom it was until now, so that who left the project, or is mapped no more, keeps what they wrote.
    func byline(of user: GitHubUser?, until now: ShownText? = nil, in follower: Follower) -> Byline {
        if let person = world.people.member(user, of: follower.projectID) {
            let isNew = now.map { $0.author != person.userID } ?? false
            return Byline(author: person.userID, namesAuthor: false, newAuthor: isNew ? person : nil)
        }
        let author = now?.author ?? follower.botID
        // Beside the bot of today there may have been others.
        let isBots = author == follower.botID || now?.html.flatMap(Attribution.removed) != nil
        return Byline(author: author, namesAuthor: isBots, newAuthor: nil)
    }

    /// The issues whose authors turn out to be Plane users, and whose text was not read because GitHub did not change
    /// it: its first line has to go.
    static func textsToRead(_ batch: SyncBatch, in world: World) -> [PlaneKey] {
        world.followers.flatMap { follower in
            batch.issues.compactMap { seen in
                let key = seen.key(in: follower)
                guard seen.repository.id == follower.repositoryID, let record = world.issues[key],
                    world.newest[follower.repositorySyncID]?.applies(seen, to: record) == true,
                    let plane = record.plane, plane.html == nil,
                    let author = world.people.member(seen.issue.author, of: follower.projectID)?.userID
                else { return nil }
                return author == plane.authorID ? nil : key
            }
        }
    }
}
