import Base
import Foundation
import Synchronization
import TestSupport

@testable import GitHubClient

/// A GitHub of one repository, octo/hello, with issues, an App and the tokens of its installation.
final class FakeGitHub: Sendable {
    struct State: Sendable {
        /// When each issue last changed, by number.
        var issues: [Int: Int] = [:]
        var pageSize = 2
        /// Lists end here when they are read by page number.
        var longestList = Int.max
        var usesCursors = false
        /// Called before each page is answered.
        var onPage: @Sendable (inout State) -> Void = { _ in }

        var tokens: [String: Timestamp] = [:]
        var minted = 0
        var isInstalled = true
        var installation = 55
        var now = Timestamp(microseconds: 1_790_000_000_000_000)
    }

    private let state = Mutex(State())

    var now: Timestamp { state.withLock { $0.now } }
    /// How many tokens were made.
    var minted: Int { state.withLock { $0.minted } }

    var handler: FakeServer.Handler {
        { [self] request in state.withLock { Self.answer(request, &$0) } }
    }

    func update(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    private static func answer(_ request: FakeServer.Request, _ state: inout State) -> FakeServer.Reaction {
        switch request.path {
        case "/repos/octo/hello/installation", "/app/installations/\(state.installation)/access_tokens":
            return installation(request, &state)
        case "/repos/octo/hello/issues", "/repositories/7/issues":
            guard isAllowed(request, state) else { return unauthorized }
            return list(request, &state)
        case "/repos/octo/hello/issues/1":
            guard isAllowed(request, state) else { return unauthorized }
            let etag = "\"\(state.issues[1] ?? 0)\""
            guard request.fields["if-none-match"] != etag else { return .answer(304, ["ETag": etag]) }
            return .answer(200, ["ETag": etag], Sample.issue(1, updated: state.issues[1] ?? 0))
        default:
            return .answer(404, [:], "{\"message\":\"Not Found\"}")
        }
    }

    private static let unauthorized = FakeServer.Reaction.answer(
        401,
        ["WWW-Authenticate": "Basic realm=\"GitHub\""],
        "{\"message\":\"Bad credentials\"}"
    )

    private static func isAllowed(_ request: FakeServer.Request, _ state: State) -> Bool {
        guard !request.token.hasPrefix("ghp_") else { return true }
        return state.tokens[request.token].map { $0 > state.now } ?? false
    }

    private static func installation(_ request: FakeServer.Request, _ state: inout State) -> FakeServer.Reaction {
        let claims = TestKey.claims(of: request.token)
        let seconds = Int(state.now.microseconds / 1_000_000)
        guard TestKey.rsa.verifies(request.token), claims["iss"] as? String == "99",
            let end = claims["exp"] as? Int, end > seconds, end <= seconds + 600
        else { return unauthorized }
        guard state.isInstalled else { return .answer(404, [:], "{\"message\":\"Not Found\"}") }
        guard request.method == "POST" else { return .answer(200, [:], "{\"id\":\(state.installation)}") }
        state.minted += 1
        let token = "ghs_\(state.minted)_" + String(repeating: "x.", count: 260)
        let expiry = Timestamp(microseconds: state.now.microseconds + 3_600_000_000)
        state.tokens[token] = expiry
        return .answer(201, [:], "{\"token\":\"\(token)\",\"expires_at\":\"\(expiry)\"}")
    }

    /// Issues by the time of their last change, as GitHub lists them: pages count from the start of the list as it is
    /// now.
    private static func list(_ request: FakeServer.Request, _ state: inout State) -> FakeServer.Reaction {
        state.onPage(&state)
        let since = request.parameter("since") ?? ""
        let listed = state.issues.filter { Sample.time($0.value) >= since }
        let all = listed.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        let page = Int(request.parameter("page") ?? "") ?? Int(request.parameter("after") ?? "") ?? 1
        let start = (page - 1) * state.pageSize
        guard start < state.longestList || request.parameter("page") == nil else {
            let words = "Pagination with the page parameter is not supported for large datasets"
            return .answer(422, [:], "{\"message\":\"\(words), please use cursor based pagination\"}")
        }
        let items = all.dropFirst(start).prefix(state.pageSize).map { Sample.issue($0.key, updated: $0.value) }
        var fields = ["x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999", "x-ratelimit-reset": "1790003600"]
        if start + state.pageSize < all.count {
            let kind = state.usesCursors ? "after" : "page"
            let origin = "http://\(request.fields["host"] ?? "")"
            let query = "since=\(since)&\(kind)=\(page + 1)"
            fields["Link"] =
                "<\(origin)/repositories/7/issues?\(kind)=1>; rel=\"first\", "
                + "<\(origin)/repositories/7/issues?\(query)>; rel=\"next\""
            if !state.usesCursors {
                let last = (all.count + state.pageSize - 1) / state.pageSize
                fields["Link", default: ""] += ", <\(origin)/repositories/7/issues?a=b&page=\(last)>; rel=\"last\""
            }
        }
        return .answer(200, fields, "[\(items.joined(separator: ","))]")
    }
}
