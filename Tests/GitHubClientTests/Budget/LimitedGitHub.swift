import Base
import Foundation
import Synchronization
import TestSupport

/// A GitHub that counts the calls of a user, and refuses those over the limit.
final class LimitedGitHub: Sendable {
    struct State: Sendable {
        let limit: Int
        var calls = 0
        /// What somebody else spends with every call of ours, as long as there is plenty.
        var othersSpend = 0
        var spentByOthers = 0
        var refused = 0
        var isAnswering = 0
        var mostAtOnce = 0
        var writes: [ContinuousClock.Instant] = []

        var left: Int { max(0, limit - calls - spentByOthers) }
    }

    private let state: Mutex<State>
    private let reset = Int(Date().timeIntervalSince1970) + 1800

    init(limit: Int, othersSpend: Int = 0) {
        state = Mutex(State(limit: limit, othersSpend: othersSpend))
    }

    var now: State { state.withLock { $0 } }

    var handler: FakeServer.Handler {
        { [self] request in
            let status = state.withLock { state -> Int in
                state.isAnswering += 1
                state.mostAtOnce = max(state.mostAtOnce, state.isAnswering)
                if request.method != "GET" { state.writes.append(.now) }
                guard state.left > 0 else {
                    state.refused += 1
                    return 403
                }
                state.calls += 1
                if state.left > 50 { state.spentByOthers += state.othersSpend }
                return 200
            }
            let left = state.withLock { $0.left }
            // So that answers overtake each other.
            usleep(UInt32.random(in: 0...6000))
            state.withLock { $0.isAnswering -= 1 }
            let fields = [
                "x-ratelimit-limit": "\(now.limit)", "x-ratelimit-remaining": "\(left)",
                "x-ratelimit-reset": "\(reset)", "x-ratelimit-resource": "core",
            ]
            let body = request.path == "/user" ? "{\"id\":7,\"login\":\"octocat\"}" : Sample.issue(1)
            return .answer(status, fields, body)
        }
    }
}
