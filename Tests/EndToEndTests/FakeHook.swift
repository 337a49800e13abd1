import Base
import Foundation
import Synchronization
import TestSupport

/// A webhook of a repository on a GitHub of the test's own, with what it tells of its deliveries.
final class FakeHook: Sendable {
    struct Attempt: Sendable {
        var id: Int64
        var guid: String
        var age: Double
        var status = 502
        var isRedelivery = false
        var event = "issues"
        var repositoryID: Int64? = SampleRepository.rocket.id
        /// Nil: GitHub does not have it any more.
        var payload: String?
    }

    struct State: Sendable {
        var attempts: [Attempt] = []
        var isReadable = true
        var isWritable = true
        var pageSize = 2
        var lists = 0
        /// The ids of attempts whose payload was asked for.
        var read: [Int64] = []
        /// The GUIDs that were to be delivered again.
        var redelivered: [String] = []
        /// Calls that only a careless client makes.
        var strange: [String] = []
    }

    private let state: Mutex<State>
    private let began = Date()

    init(_ state: State) { self.state = Mutex(state) }

    var now: State { state.withLock { $0 } }

    func update(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    /// When an attempt was made, to the second, as GitHub tells it.
    func time(_ age: Double) -> Date {
        Date(timeIntervalSince1970: (began.timeIntervalSince1970 - age).rounded(.down))
    }

    var handler: FakeServer.Handler {
        let repository = FakeRepository(.rocket, FakeRepository.State()).handler
        return { [self] request in state.withLock { answer(request, &$0) } ?? repository(request) }
    }

    private func answer(_ request: FakeServer.Request, _ state: inout State) -> FakeServer.Reaction? {
        let root = "/repos/\(SampleRepository.rocket.fullName)/hooks"
        guard request.path.hasPrefix(root) else { return nil }
        guard state.isReadable else { return .answer(404, [:], "{\"message\":\"Not Found\"}") }
        let rest = request.path.dropFirst(root.count).split(separator: "/").map(String.init)
        switch (request.method, rest.count) {
        case ("GET", 0):
            return .answer(200, [:], Self.hooks)
        case ("GET", 2) where rest[0] == "3":
            state.lists += 1
            return list(request, state)
        case ("GET", 3) where rest[0] == "3":
            guard let attempt = state.attempts.first(where: { "\($0.id)" == rest[2] }) else { break }
            state.read.append(attempt.id)
            guard let payload = attempt.payload else { return .answer(404, [:], "{\"message\":\"Not Found\"}") }
            return .answer(200, [:], "{\"id\":\(attempt.id),\"request\":{\"headers\":{},\"payload\":\(payload)}}")
        case ("POST", 4) where rest[0] == "3" && rest[3] == "attempts":
            guard let attempt = state.attempts.first(where: { "\($0.id)" == rest[2] }) else { break }
            guard state.isWritable else { return .answer(403, [:], "{\"message\":\"Resource not accessible\"}") }
            state.redelivered.append(attempt.guid)
            return .answer(202, [:], "{}")
        default: break
        }
        state.strange.append("\(request.method) \(request.target)")
        return .answer(404, [:], "{\"message\":\"Not Found\"}")
    }

    private static let hooks = """
        [{"id":3,"config":{"url":"https://plane.example.com/api/webhooks/github-mcp/?key=hidden-in-the-url"}},
        {"id":4,"config":{"url":"https://ci.example.com/hook"}},{"id":5,"config":{}}]
        """

    /// A page of attempts, the newest first; its link names where the next begins.
    private func list(_ request: FakeServer.Request, _ state: State) -> FakeServer.Reaction {
        let isFailure = request.parameter("status") == "failure"
        let found = state.attempts.filter { (200..<300).contains($0.status) != isFailure }.sorted { $0.age < $1.age }
        let start = request.parameter("cursor").flatMap { Int($0) } ?? 0
        let shown = found.dropFirst(start).prefix(state.pageSize).map(line)
        var fields: [String: String] = [:]
        if start + state.pageSize < found.count {
            let query = "status=\(request.parameter("status") ?? "")&cursor=\(start + state.pageSize)"
            fields["Link"] = "<http://\(request.fields["host"] ?? "")\(request.path)?\(query)>; rel=\"next\""
        }
        return .answer(200, fields, "[\(shown.joined(separator: ","))]")
    }

    private func line(_ attempt: Attempt) -> String {
        """
        {"id":\(attempt.id),"guid":"\(attempt.guid)","delivered_at":"\(time(attempt.age).formatted(.iso8601))",
        "redelivery":\(attempt.isRedelivery),"status_code":\(attempt.status),"event":"\(attempt.event)",
        "action":"opened","repository_id":\(attempt.repositoryID.map(String.init) ?? "null")}
        """
    }
}
