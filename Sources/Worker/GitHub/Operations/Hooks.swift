import Base
import JSON

/// A webhook of a repository.
package struct RepositoryHook: Sendable, Equatable {
    package let id: Int64
    /// Where its deliveries go.
    package let url: String
    /// Whether it is turned on.
    package let isActive: Bool
    /// The names of its events; `*` stands for all.
    package let events: [String]

    init(_ object: JSONObject) throws(PayloadProblem) {
        id = try object.positiveID("id")
        url = try object.object("config").exactText("url")
        isActive = try object.boolIfPresent("active") ?? false
        // Whoever only asks where a webhook leads needs none.
        events = object.has("events") ? try object.texts("events") : []
    }
}

/// What a webhook is made with.
package struct HookSettings: Sendable, Equatable {
    let url: String
    let secret: Secret
    let events: [String]

    package init(url: String, secret: Secret, events: [String]) {
        self.url = url
        self.secret = secret
        self.events = events
    }

    fileprivate var json: JSONValue {
        .object([
            "name": .string("web"), "active": .bool(true), "events": .array(events.map { .string($0) }),
            "config": .object([
                // GitHub's own default is a form.
                "url": .string(url), "content_type": .string("json"), "insecure_ssl": .string("0"),
                "secret": .string(secret.reveal()),
            ]),
        ])
    }
}

/// Webhooks of a repository, which only its admins and Apps with the permission Webhooks see.
///
/// Source: https://docs.github.com/rest/repos/webhooks
extension GitHubClient {
    package func hooks(in repository: RepositoryName) -> Pages<RepositoryHook> {
        Pages(self, APIRequest(.get, "/hooks?per_page=100", in: repository), unless: nil, RepositoryHook.init)
    }

    package func createHook(
        _ settings: HookSettings,
        in repository: RepositoryName
    ) async throws(GitHubError) -> RepositoryHook {
        var request = APIRequest(.post, "/hooks", in: repository, settings.json)
        request.creates = true
        return try await object(of: request, RepositoryHook.init).content
    }

    /// Sets everything anew, the secret too, which GitHub never shows.
    package func updateHook(
        _ id: Int64,
        _ settings: HookSettings,
        in repository: RepositoryName
    ) async throws(GitHubError) -> RepositoryHook {
        let request = APIRequest(.patch, "/hooks/\(id)", in: repository, settings.json)
        return try await object(of: request, RepositoryHook.init).content
    }

    package func deleteHook(_ id: Int64, in repository: RepositoryName) async throws(GitHubError) {
        let request = APIRequest(.delete, "/hooks/\(id)", in: repository)
        let answer = try await call(request)
        // A page of some proxy in between is no deletion.
        guard answer.status == 204 else { throw request.failure("unexpected status \(answer.status)") }
    }
}
