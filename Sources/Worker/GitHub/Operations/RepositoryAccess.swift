import GitHub
import JSON

/// A repository, and what we may do there.
package struct RepositoryAccess: Sendable, Equatable {
    /// As it is called today, whatever name was asked for.
    package let repository: GitHubRepository
    /// In GitHub's words: `admin`, `pull` of a person; `issues: read` of an App.
    package let permissions: [String]
    /// What the sync needs at least and does not have, in the same words.
    package let missing: [String]
    /// What it lacks to change issues there.
    package let missingToWrite: [String]

    /// What a person may do, from the object of the repository; a token may allow less, which GitHub does not show.
    fileprivate init(ofPerson object: JSONObject) throws(PayloadProblem) {
        repository = try GitHubRepository(object, in: object)
        guard let granted = try object.objectIfPresent("permissions") else {
            (permissions, missing, missingToWrite) = ([], [], [])
            return
        }
        permissions = [
            granted.isTrue("admin") ? "admin" : nil, granted.isTrue("maintain") ? "maintain" : nil,
            granted.isTrue("push") ? "push" : nil, granted.isTrue("triage") ? "triage" : nil,
            granted.isTrue("pull") ? "pull" : nil,
        ].compactMap(\.self)
        missing = granted.isTrue("pull") ? [] : ["pull"]
        // Without it, texts of others cannot be edited, and labels are left out without a word.
        missingToWrite = granted.isTrue("push") ? [] : ["push"]
    }

    /// What an App may do, from the permissions of its installation that concern us.
    fileprivate init(_ repository: GitHubRepository, ofApp granted: JSONObject) {
        let needed = [
            ("issues", granted.textIfReadable("issues")), ("pull_requests", granted.textIfReadable("pull_requests")),
            ("metadata", granted.textIfReadable("metadata")),
        ]
        let hooks = ("repository_hooks", granted.textIfReadable("repository_hooks"))
        self.repository = repository
        permissions = (needed + [hooks]).compactMap { name, level in level.map { "\(name): \($0)" } }
        missing = needed.filter { $0.1 == nil }.map { "\($0.0): read" }
        missingToWrite = needed[0].1 == "write" ? [] : ["issues: write"]
    }
}

extension GitHubClient {
    /// Finds a repository, and what we may do there.
    package func access(to name: RepositoryName) async throws(GitHubError) -> RepositoryAccess {
        let request = APIRequest(.get, "", in: name)
        guard case .app = credentials else {
            return try await object(of: request, RepositoryAccess.init(ofPerson:)).content
        }
        let repository = try await object(of: request) { (object) throws(PayloadProblem) in
            try GitHubRepository(object, in: object)
        }.content
        return try await object(of: APIRequest(.get, "/repos/\(name)/installation", .app)) {
            (object) throws(PayloadProblem) in RepositoryAccess(repository, ofApp: try object.object("permissions"))
        }.content
    }

    /// Who we are to GitHub, in words; nil for a token that no person has, such as that of an installation.
    package func ownName() async throws(GitHubError) -> String? {
        do {
            guard case .app = credentials else {
                return try await object(of: APIRequest(.get, "/user", .app)) { (user) throws(PayloadProblem) in
                    try user.text("login")
                }.content
            }
            return try await object(of: APIRequest(.get, "/app", .app)) { (app) throws(PayloadProblem) in
                "the App \(try app.text("slug"))"
            }.content
        } catch .forbidden {
            return nil
        }
    }
}
