import Base
import Foundation
import Synchronization
import TestSupport

/// The deliveries of a fault test: short lives of many issues, shuffled, with what must come of them.
struct FaultLoad: Sendable {
    struct Delivery: Sendable {
        let id: String
        let event: String
        let body: String
    }

    let issues: Int64
    let deliveries: [Delivery]

    /// Six deliveries an issue, in an order nobody promised.
    init(issues: Int64, seed: UInt64 = .random(in: 0...UInt64.max)) {
        self.issues = issues
        var generator = SeededGenerator(seed: seed)
        deliveries = (1...issues).flatMap(Self.life).shuffled(using: &generator)
    }

    private static func life(_ number: Int64) -> [Delivery] {
        var issue = SampleIssue(number)
        var comment = SampleComment(number)
        func delivery(_ step: String, _ payload: [UInt8], _ event: EventType = .issues) -> Delivery {
            Delivery(id: "\(step)-\(number)", event: event.rawValue, body: String(decoding: payload, as: UTF8.self))
        }
        var life = [delivery("opened", issue.event("opened"))]
        issue.title = "Half way"
        issue.labels = [SampleLabel(1, "bug")]
        issue.updatedAt = SampleIssue.time(10)
        life.append(delivery("labeled", issue.event("labeled")))
        comment.createdAt = SampleIssue.time(20)
        comment.updatedAt = comment.createdAt
        issue.updatedAt = SampleIssue.time(20)
        life.append(delivery("commented", issue.event("created", comment), .issueComment))
        issue.title = "Final \(number)"
        issue.assignees = [.octocat]
        issue.updatedAt = SampleIssue.time(30)
        life.append(delivery("edited", issue.event("edited")))
        comment.body = "Final comment"
        comment.updatedAt = SampleIssue.time(40)
        issue.updatedAt = SampleIssue.time(40)
        life.append(delivery("comment-edited", issue.event("edited", comment), .issueComment))
        issue.state = "closed"
        issue.closedAt = SampleIssue.time(50)
        issue.updatedAt = SampleIssue.time(50)
        life.append(delivery("closed", issue.event("closed")))
        return life
    }
}

/// Which deliveries were answered 202, and how the others ended.
final class FaultLedger: Sendable {
    private struct State {
        var accepted: Set<String> = []
        var refused = 0
        var broken = 0
        var slowest: Duration = .zero
    }

    private let state = Mutex(State())

    var accepted: Set<String> { state.withLock { $0.accepted } }
    var refused: Int { state.withLock { $0.refused + $0.broken } }
    var slowest: Duration { state.withLock { $0.slowest } }
    var text: String {
        state.withLock { "\($0.accepted.count) accepted, \($0.refused) refused, \($0.broken) without an answer" }
    }

    /// Sends until the delivery has its 202, as GitHub's redelivery and an operator would.
    func deliver(_ delivery: FaultLoad.Delivery, to node: @Sendable () -> IngestProgram) async throws {
        while true {
            try Task.checkCancellation()
            let start = ContinuousClock.now
            let status = try? await node().deliver(delivery.body, event: delivery.event, id: delivery.id).status
            let took = ContinuousClock.now - start
            state.withLock { state in
                switch status {
                case 202:
                    state.accepted.insert(delivery.id)
                    state.slowest = max(state.slowest, took)
                case nil: state.broken += 1
                default: state.refused += 1
                }
            }
            if status == 202 { return }
            try await Task.sleep(for: .milliseconds(30))
        }
    }
}

/// A value that tasks share: the node that lives now, the deliveries still to send.
final class SharedValue<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func with<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result {
        value.withLock { value in body(&value) }
    }
}
