import Base
import Database
import Foundation
import TestSupport

@testable import GitHubClient

extension GitHubClient {
    /// A client of a fake server, with a person's token.
    static func of(
        _ server: FakeServer,
        path: String = "",
        credentials: GitHubConfig.Credentials = .token(Secret("ghp_test")),
        limit: Duration = .seconds(30),
        maximumBytes: Int = 1 << 20,
        sharing connection: Connection? = nil,
        now: @escaping @Sendable () -> Timestamp = { Timestamp(Date()) }
    ) throws -> GitHubClient {
        let config = GitHubConfig(address: try APIAddress(server.origin + path), credentials: credentials)
        var transport = APITransport(config.address)
        transport.maximumBytes = maximumBytes
        return GitHubClient(config, transport, sharing: connection, limit: limit, now: now)
    }
}

extension RepositoryName {
    static let hello: RepositoryName = {
        guard let name = RepositoryName("octo/hello") else { preconditionFailure("not a name") }
        return name
    }()
}

/// Objects as GitHub writes them: only what is read, and something that is not.
enum Sample {
    static func issue(_ number: Int, title: String = "A title", updated: Int = 0, comments: Int = 0) -> String {
        """
        {"id":\(1000 + number),"number":\(number),"title":"\(title)","body":null,"state":"open","comments":\(comments),
        "user":{"id":7,"login":"octocat"},"labels":[{"id":1,"name":"bug","color":"ff0000"}],"assignees":[],
        "updated_at":"\(time(updated))","created_at":"2026-01-01T00:00:00Z","performed_via_github_app":{"id":99},
        "html_url":"https://github.com/octo/hello/issues/\(number)","unread":{"a":[1,"}"]}}
        """
    }

    static func comment(_ id: Int, on issue: Int = 1, body: String = "Text", updated: Int = 0) -> String {
        """
        {"id":\(id),"body":"\(body)","user":{"id":7,"login":"octocat"},"created_at":"2026-01-01T00:00:00Z",
        "updated_at":"\(time(updated))","issue_url":"https://api.github.com/repos/octo/hello/issues/\(issue)"}
        """
    }

    static func time(_ seconds: Int) -> String {
        Timestamp(microseconds: (1_790_000_000 + Int64(seconds)) * 1_000_000).description
    }
}

/// The error that a call ends with; nil if it succeeds.
func error<Value>(of call: () async throws(GitHubError) -> Value) async -> GitHubError? {
    do {
        _ = try await call()
        return nil
    } catch {
        return error
    }
}
