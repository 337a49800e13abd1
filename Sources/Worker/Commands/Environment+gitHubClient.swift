import Base
import Database
import GitHubClient

extension Environment {
    /// GitHub as this environment reaches it, for a command whose user waits; nil without a token or an App.
    ///
    /// A command does one thing at a time, so the calls of all workers are counted over its own connection.
    func gitHubClient(sharing connection: Connection) throws(Problem) -> GitHubClient? {
        guard let config = try GitHubConfig(self) else { return nil }
        var client = GitHubClient(config, sharing: connection)
        client.priority = .interactive
        return client
    }
}

extension Environment.Problem {
    /// Something was asked for that cannot be done without GitHub.
    static func noGitHubClient(for purpose: String) -> Self {
        Self("GITHUB_TOKEN is not set, expected a token for \(purpose) (or GITHUB_TOKEN_FILE or GITHUB_APP_ID)")
    }
}
