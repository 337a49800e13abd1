import Base
import Foundation
import Synchronization
import TestSupport

/// Brings deliveries to a plane-ingest as GitHub does on a good day: each at once, and signed.
final class FakeWebhook: Sendable {
    private struct State {
        var told = 0
        var underWay = 0
        var refused = 0
        var port: Int?
    }

    private let state = Mutex(State())

    /// Deliveries so far.
    var told: Int { state.withLock { $0.told } }
    var refused: Int { state.withLock { $0.refused } }
    var isCalm: Bool { state.withLock { $0.underWay == 0 } }
    /// Whether so many are under way that a node's queue could be the matter.
    var isBusy: Bool { state.withLock { $0.underWay > 16 } }

    /// From now on; what happened before is not told.
    func deliver(to ingest: IngestProgram) { state.withLock { $0.port = ingest.port } }

    func send(_ event: FakeRepository.Event) {
        let port = state.withLock { state -> Int? in
            guard state.port != nil else { return nil }
            (state.told, state.underWay) = (state.told + 1, state.underWay + 1)
            return state.port
        }
        guard let port else { return }
        Task {
            let fields = IngestProgram.fields(event.body, event: event.name)
            let answer = try? await TestHTTP(port: port).send("POST", IngestProgram.path, fields, body: event.body)
            state.withLock { state in
                state.underWay -= 1
                if answer?.status != 202 { state.refused += 1 }
            }
        }
    }
}
