import Foundation
import Synchronization
import TestSupport

/// A GitHub of the test's own with one repository: who asks, what is allowed there, and its webhooks.
final class FakeHooks: Sendable {
    struct Hook: Sendable {
        let id: Int
        var url: String
        var secret: String
        var events: [String]
        var isActive = true
        var contentType = "json"
        /// What became of its last deliveries, the newest first; 0: no answer.
        var deliveries: [Int] = []
    }

    struct State: Sendable {
        var repository = SampleRepository(id: 1_296_269, fullName: "octocat/hello")
        var isPrivate = true
        /// A name that leads to the repository, as after a rename.
        var oldName: String?
        /// What a person may do; empty: GitHub does not tell.
        var permissions = ["admin": true, "push": true, "pull": true]
        /// What the installation of an App may do; nil: it is not installed.
        var installation: [String: String]?
        /// What GitHub answers to whoever asks for webhooks; nil: it shows them.
        var refusal: Int?
        var hooks: [Hook] = []
        /// Hooks are made, and the answer is lost.
        var losesAnswers = false
        /// Hooks are not made, and the answer is lost.
        var losesRequests = false
    }

    static let token = "ghp_" + String(repeating: "aB3", count: 12)
    static let installationToken = "ghs_" + String(repeating: "cD4", count: 12)
    static let secret = "8f3a91c07be2d4465a0f77"
    static let url = "https://sync.example.com/api/webhooks/github-mcp/"

    private let state: Mutex<State>

    init(_ change: (inout State) -> Void = { _ in }) {
        var state = State()
        change(&state)
        self.state = Mutex(state)
    }

    var hooks: [Hook] { state.withLock { $0.hooks } }

    func update(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    /// What a command needs to reach it.
    static func environment(_ server: FakeServer, token: String = token) -> [String: String] {
        ["GITHUB_API_URL": server.origin, "GITHUB_TOKEN": token, "GITHUB_WEBHOOK_SECRET": secret]
    }

    /// The same for an App, whose key is in a file.
    static func environment(_ server: FakeServer, appKey: URL) -> [String: String] {
        environment(server, token: "")
            .merging(["GITHUB_APP_ID": "99", "GITHUB_APP_PRIVATE_KEY_FILE": appKey.path]) { $1 }
    }

    var handler: FakeServer.Handler {
        { [self] request in state.withLock { Self.answer(request, &$0) } }
    }

    private static func answer(_ request: FakeServer.Request, _ state: inout State) -> FakeServer.Reaction {
        // The App itself has a JSON Web Token.
        if request.token.hasPrefix("ey") { return answerToApp(request, state) }
        guard [token, installationToken].contains(request.token) else {
            return .answer(401, [:], #"{"message":"Bad credentials"}"#)
        }
        if request.path == "/user" { return answer(200, ["id": 4_711, "login": "machine"]) }
        let host = request.fields["host"] ?? ""
        if let old = state.oldName, request.path == "/repos/\(old)" {
            return .answer(301, ["Location": "http://\(host)/repositories/\(state.repository.id)"])
        }
        let root = "/repos/\(state.repository.fullName)"
        switch request.path {
        // Names are found in any case.
        case let path where path.lowercased() == root || path == "/repositories/\(state.repository.id)":
            let names: [String: Any] = [
                "id": state.repository.id, "full_name": state.repository.fullName, "private": state.isPrivate,
            ]
            // GitHub tells an App nothing of what a person may do.
            let isTold = !state.permissions.isEmpty && request.token == token
            return answer(200, isTold ? names.merging(["permissions": state.permissions]) { $1 } : names)
        case let path where path.hasPrefix("\(root)/hooks"):
            if let refusal = state.refusal { return .answer(refusal, [:], #"{"message":"Refused"}"#) }
            return hooks(request, path.dropFirst(root.count + 6).split(separator: "/"), &state)
        default: return notFound
        }
    }

    private static func answerToApp(_ request: FakeServer.Request, _ state: State) -> FakeServer.Reaction {
        switch (request.path, state.installation) {
        case ("/app", _): answer(200, ["id": 99, "slug": "plane-sync"])
        case ("/repos/\(state.repository.fullName)/installation", let permissions?):
            answer(200, ["id": 55, "permissions": permissions])
        case ("/app/installations/55/access_tokens", .some):
            answer(201, ["token": installationToken, "expires_at": "2099-01-01T00:00:00Z"])
        default: notFound
        }
    }

    private static func hooks(
        _ request: FakeServer.Request,
        _ path: [Substring],
        _ state: inout State
    ) -> FakeServer.Reaction {
        guard let id = path.first else {
            guard request.method == "POST" else { return answer(200, state.hooks.map(\.json)) }
            if state.losesRequests { return .close }
            guard let hook = hook(state.hooks.count + 1, request) else { return answer(422, ["message": "No"]) }
            guard !state.hooks.contains(where: { $0.url == hook.url }) else {
                return answer(422, ["message": "Validation Failed", "errors": [["message": "Hook already exists"]]])
            }
            state.hooks.append(hook)
            return state.losesAnswers ? .close : answer(201, hook.json)
        }
        guard let place = state.hooks.firstIndex(where: { "\($0.id)" == id }) else { return notFound }
        switch request.method {
        case "GET":
            let codes = state.hooks[place].deliveries
            return answer(200, codes.enumerated().map { delivery($0 + 1, status: $1) })
        case "DELETE":
            state.hooks.remove(at: place)
            return .answer(204)
        default:
            guard let hook = hook(state.hooks[place].id, request) else { return answer(422, ["message": "No"]) }
            state.hooks[place] = hook
            return answer(200, hook.json)
        }
    }

    private static func hook(_ id: Int, _ request: FakeServer.Request) -> Hook? {
        guard let body = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any],
            let config = body["config"] as? [String: String], let url = config["url"], let secret = config["secret"],
            let type = config["content_type"], let events = body["events"] as? [String],
            let isActive = body["active"] as? Bool
        else { return nil }
        return Hook(id: id, url: url, secret: secret, events: events, isActive: isActive, contentType: type)
    }

    private static func delivery(_ id: Int, status: Int) -> [String: Any] {
        [
            "id": id, "guid": "guid-\(id)", "delivered_at": "2026-01-01T00:00:00Z", "redelivery": false,
            "event": "issues", "action": "opened", "status_code": status, "repository_id": 1_296_269,
        ]
    }

    private static let notFound = FakeServer.Reaction.answer(404, [:], #"{"message":"Not Found"}"#)

    private static func answer(_ status: Int, _ object: Any) -> FakeServer.Reaction {
        let data = try? JSONSerialization.data(withJSONObject: object)
        return .answer(status, [:], String(decoding: data ?? Data(), as: UTF8.self))
    }
}

extension FakeHooks.Hook {
    fileprivate var json: [String: Any] {
        [
            "type": "Repository", "id": id, "name": "web", "active": isActive, "events": events,
            "config": ["url": url, "content_type": contentType, "insecure_ssl": "0", "secret": "********"],
        ]
    }
}
