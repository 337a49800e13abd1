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
struct CurrentText: Sendable {
    let author: UUID?
    /// Nil when it was not read.
    let html: String?
}

extension Byline {
    /// Of a text that was written in Plane, whoever brought it to GitHub.
    init(keeping current: CurrentText, in follower: Follower) {
        self.init(author: current.author ?? follower.botID, namesAuthor: false, newAuthor: nil)
    }
}

extension Planner {
    /// Chooses the Plane user of the GitHub author, once the project knows one.
    ///
    /// Otherwise the author in Plane stays, so that people who left the project or lost their mapping keep what they
    /// wrote. A new text is the bot's then.
    func byline(of user: GitHubUser?, replacing current: CurrentText? = nil, in follower: Follower) -> Byline {
        if let person = world.people.member(user, of: follower.projectID) {
            let isNew = current.map { $0.author != person.userID } ?? false
            return Byline(author: person.userID, namesAuthor: false, newAuthor: isNew ? person : nil)
        }
        let author = current?.author ?? follower.botID
        // The connection may have had another bot before, so a text with the line is a bot's too.
        let isBots = author == follower.botID || current?.html.flatMap(Attribution.removed) != nil
        return Byline(author: author, namesAuthor: isBots, newAuthor: nil)
    }

    /// The issues whose descriptions must be read although GitHub did not change them.
    ///
    /// Their authors turned out to be Plane users, so the line that names them has to go.
    static func descriptionsToRead(_ batch: SyncBatch, in world: World) -> [PlaneKey] {
        world.followers.flatMap { follower in
            batch.issues.compactMap { snapshot in
                let key = snapshot.key(in: follower)
                guard snapshot.repository.id == follower.repositoryID, let record = world.issues[key],
                    world.newest[follower.repositorySyncID]?.applies(snapshot, to: record) == true,
                    let plane = record.plane, plane.html == nil,
                    let author = world.people.member(snapshot.issue.author, of: follower.projectID)?.userID
                else { return nil }
                return author == plane.authorID ? nil : key
            }
        }
    }
}
