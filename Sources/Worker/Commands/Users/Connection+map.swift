import Base
import Database

/// A GitHub user and the Plane user they are.
struct Mapping: Sendable, Equatable {
    let githubID: Int64
    let user: PlaneUser
    /// Whether it was not so before.
    let isNew: Bool
    let projects: [AssignableProject]
}

extension Connection {
    /// Links a GitHub user to the Plane user with an address.
    func map(_ login: GitHubLogin, to email: String, githubID: Int64?) throws -> Mapping {
        try transaction { connection in
            let user = try connection.user(email)
            let id = try githubID ?? connection.knownID(of: login)
            if let owner = try connection.userSignedIn(as: id) {
                guard owner == user.id else {
                    throw CommandFailure(
                        "GitHub user \(id) signed in to Plane as another user than \(user.email), and that counts "
                            + "before any mapping"
                    )
                }
                let projects = try connection.connectedProjects(for: user.id)
                return Mapping(githubID: id, user: user, isNew: false, projects: projects)
            }
            let isNew = try connection.link(id, login: login.name, to: user.id)
            let projects = try connection.connectedProjects(for: user.id)
            return Mapping(githubID: id, user: user, isNew: isNew, projects: projects)
        }
    }

    private func user(_ email: String) throws -> PlaneUser {
        guard let user = try planeUsers(email: email).first else {
            throw CommandFailure("EMAIL is '\(email)', but no Plane user has that address")
        }
        guard !user.isBot else { throw CommandFailure("EMAIL is '\(email)', which belongs to a bot") }
        guard user.isActive else { throw CommandFailure("EMAIL is '\(email)', whose Plane user is not active") }
        return user
    }

    /// GitHub's number as we met it last: in a mapping, or in an event of the last 90 days.
    ///
    /// A login can change hands, a number cannot: where two numbers had the login, the operator has to say which.
    private func knownID(of login: GitHubLogin) throws -> Int64 {
        let quarter = Timestamp(microseconds: Timestamp.now.microseconds - 90 * 86_400 * 1_000_000)
        let met = try unmappedPeople(since: quarter, login: login.name).map(\.id)
        let ids = Set(try mappedPeople(login: login.name).map(\.githubID) + met)
        guard ids.count <= 1 else {
            let list = ids.sorted().map(String.init).joined(separator: ", ")
            throw CommandFailure("\(login.name) was the login of \(list): say which with --github-id")
        }
        guard let id = ids.first else {
            throw CommandFailure(
                "no event of the last 90 days names \(login.name): give its number with --github-id, found with: "
                    + UsersMapCommand.curl(login.name)
            )
        }
        return id
    }
}
