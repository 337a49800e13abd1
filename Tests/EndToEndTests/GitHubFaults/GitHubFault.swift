import Foundation
import TestSupport
import Testing

/// What GitHub, or something on the way to it, may do with a call; a job is to go on afterwards.
struct GitHubFault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What the job says meanwhile; nil if it notices nothing.
    let words: String?
    /// Whether it is one of GitHub's limits, which cost nothing.
    let isLimit: Bool
    /// How many calls meet it.
    let count: Int
    /// What comes instead of the answer that is given.
    let reaction: @Sendable (FakeServer.Request, FakeServer.Reaction) -> FakeServer.Reaction

    private init(
        _ name: String,
        _ words: String?,
        isLimit: Bool = false,
        count: Int = 2,
        _ reaction: @escaping @Sendable (FakeServer.Request, FakeServer.Reaction) -> FakeServer.Reaction
    ) {
        testDescription = name
        self.words = words
        self.isLimit = isLimit
        self.count = count
        self.reaction = reaction
    }

    static let all = onTheWay + refusals + limits

    /// What must be in no error: it is in what some of the faults say.
    static let secrets = ["ghp_", "127.0.0.1", "github.example.com", "Bearer", "http:"]

    private static let broken = "GitHub could not be asked: the connection broke before the whole answer was here"
    private static let late = "GitHub could not be asked: there was no whole answer in time"

    private static let onTheWay = [
        GitHubFault("latency", nil) { .late(1_500, $1) },
        GitHubFault("an end before the answer", broken) { _, _ in .close },
        GitHubFault("an end within the answer", broken) { _, _ in
            .bytes("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[{\"id\":1,")
        },
        GitHubFault("no HTTP", broken) { _, _ in .bytes("SSH-2.0-OpenSSH_9.2\r\n\r\n") },
        GitHubFault("no JSON", "GitHub could not be asked: the answer is not JSON") { _, _ in
            .answer(200, [:], "<html>Welcome to 127.0.0.1, ghp_abc</html>")
        },
        GitHubFault("other JSON", "GitHub could not be asked: the answer cannot be read") { _, _ in
            .answer(200, [:], "{\"token\":\"ghp_abc\"}")
        },
        GitHubFault("no answer", late, count: 1) { _, _ in .hang() },
        GitHubFault("an answer without an end", late, count: 1) { _, _ in
            .hang("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[")
        },
    ]

    private static let refusals = [
        GitHubFault("301 to the same server", nil) { request, answer in
            request.parameter("moved") == nil
                ? .answer(301, ["Location": request.target + "&moved=1"]) : answer
        },
        GitHubFault("307 to the same server", nil) { request, answer in
            request.parameter("moved") == nil
                ? .answer(307, ["Location": request.target + "&moved=1"]) : answer
        },
        GitHubFault("301 to another server", "the object has moved to an address that the call may not follow") {
            request,
            _ in
            .answer(301, ["Location": "http://github.example.com\(request.target)"])
        },
        GitHubFault("301 without end", "GitHub could not be asked: one redirect leads to another without end") {
            request,
            _ in
            .answer(301, ["Location": request.target + "x"])
        },
        GitHubFault("401", "GitHub refuses our token or key") { _, _ in
            .answer(401, ["WWW-Authenticate": "Basic realm=\"GitHub\""], message("Bad credentials ghp_abc"))
        },
        GitHubFault("403", "GitHub forbids it: No. See <address> for <secret>") { _, _ in
            .answer(403, [:], message("No. See http://github.example.com/x for ghp_abc"))
        },
        GitHubFault("404", "GitHub knows no such object, or hides it from us") { _, _ in
            .answer(404, [:], message("Not Found"))
        },
        GitHubFault("410", "GitHub says that the object is gone") { _, _ in .answer(410, [:], message("Gone")) },
        GitHubFault("422", "GitHub cannot do it: Pagination with the page parameter is not supported") { _, _ in
            .answer(422, [:], message("Pagination with the page parameter is not supported for large datasets"))
        },
        GitHubFault("500", "GitHub could not be asked: status 500") { _, _ in .answer(500, [:], message("ghp_abc")) },
        GitHubFault("502", "GitHub could not be asked: status 502") { _, _ in .answer(502, [:], "<html>Unicorn") },
        GitHubFault("503 with a time", "GitHub could not be asked until 2") { _, _ in
            .answer(503, ["Retry-After": "1"])
        },
    ]

    private static let limits = [
        GitHubFault("the primary limit", "GitHub's primary rate limit is reached until", isLimit: true) { _, _ in
            .answer(403, usedUp, message("API rate limit exceeded for user ID 4711"))
        },
        GitHubFault("the primary limit as 429", "GitHub's primary rate limit is reached", isLimit: true) { _, _ in
            .answer(429, usedUp, message("API rate limit exceeded for user ID 4711"))
        },
        GitHubFault("the primary limit without fields", "GitHub's secondary rate limit", isLimit: true) { _, _ in
            .answer(403, [:], message("API rate limit exceeded for user ID 4711"))
        },
        GitHubFault("the secondary limit", "GitHub's secondary rate limit is reached", isLimit: true) { _, _ in
            .answer(403, ["Retry-After": "1"], message("You have exceeded a secondary rate limit"))
        },
        GitHubFault("the secondary limit as 429", "GitHub's secondary rate limit", isLimit: true) { _, _ in
            .answer(429, ["Retry-After": "1"], message("You have exceeded a secondary rate limit"))
        },
        GitHubFault("the secondary limit without fields", "GitHub's secondary rate limit", isLimit: true) { _, _ in
            .answer(403, [:], message("You have exceeded a secondary rate limit. Please wait a few minutes"))
        },
    ]

    /// Used up until the next second.
    private static var usedUp: [String: String] {
        [
            "X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Resource": "core",
            "X-RateLimit-Reset": "\(Int(Date().timeIntervalSince1970) + 1)",
        ]
    }

    private static func message(_ text: String) -> String { "{\"message\":\"\(text)\"}" }
}
