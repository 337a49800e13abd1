import Foundation
import GitHub

/// The author that Plane shows for a text, and whether the text begins with a line that names its GitHub author.
///
/// Both are decided together, so that the line stands exactly where Plane shows the bot.
struct Byline: Sendable, Equatable {
    let author: UUID
    /// Whether the text begins with the line; its author is no Plane user then.
    let namesAuthor: Bool
    /// The Plane user who turned out to be the author; nil when Plane's author stays.
    let newAuthor: People.Person?
}

/// A text as it stands in Plane.
struct ShownText: Sendable {
    let author: UUID?
    /// Nil when it was not read.
    let html: String?
}

extension Planner {
    /// The author of a text is the Plane user of its GitHub author, once the project knows one.
    ///
    /// Otherwise the author stays, so that people who left the project or lost their mapping keep what they wrote.
    func byline(of user: GitHubUser?, until now: ShownText? = nil, in follower: Follower) -> Byline {
        if let person = world.people.member(user, of: follower.projectID) {
            let isNew = now.map { $0.author != person.userID } ?? false
            return Byline(author: person.userID, namesAuthor: false, newAuthor: isNew ? person : nil)
        }
        let author = now?.author ?? follower.botID
        // The connection may have had another bot before, so a text with the line is a bot's too.
        let isBots = author == follower.botID || now?.html.flatMap(Attribution.removed) != nil
        return Byline(author: author, namesAuthor: isBots, newAuthor: nil)
    }

    /// The issues whose descriptions must be read although GitHub did not change them.
    ///
    /// Their authors turned out to be Plane users, so the line that names them has to go.
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
