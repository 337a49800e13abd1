import GitHub
import JSON

/// The `ping` that GitHub sends when a webhook was made, and when somebody asks for one.
///
/// Repository and organization are as far as they can be read: a ping is answered whatever is in it.
/// https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping
struct Ping: Sendable {
    /// Whose webhook it is; nil of an organization's or an App's.
    let repository: GitHubRepository?
    private let organization: String?

    /// `owner/name` of the repository, or the login of the organization.
    var name: String? { repository?.fullName ?? organization }

    init(repository: GitHubRepository?, organization: String? = nil) {
        self.repository = repository
        self.organization = organization
    }

    init(_ document: JSONDocument) {
        let body = try? JSONObject(document)
        repository = body.flatMap { body in
            try? body.objectIfPresent("repository").map { try GitHubRepository($0, in: body) }
        }
        let login = try? body?.objectIfPresent("organization")?.exactTextIfPresent("login")
        organization = login.flatMap { GitHubUser.isLogin($0) ? $0 : nil }
    }
}
