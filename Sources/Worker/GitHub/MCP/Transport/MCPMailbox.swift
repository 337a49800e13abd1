import CLinux
import Foundation
import JSON
import Synchronization

/// Where callers leave what they want of the thread that serves a program, and wake it.
final class MCPMailbox: Sendable {
    struct Call: Sendable {
        /// Nil for a message that has no response.
        let id: Int?
        let line: String
        let deadline: ContinuousClock.Instant
        let cancellation: HTTPCancellation
        let continuation: CheckedContinuation<Result<JSONDocument?, TransportFailure>, Never>

        func fail(_ reason: TransportFailure.Reason, mayHaveArrived: Bool) {
            continuation.resume(returning: .failure(TransportFailure(reason: reason, mayHaveArrived: mayHaveArrived)))
        }
    }

    private struct State {
        var calls: [Call] = []
        var isEnding = false
        var hasEnded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// Readable while there is something to do.
    let bell: Int32
    private let state = Mutex(State())

    /// Nil where there is no descriptor left.
    init?() {
        bell = eventfd(0, O_CLOEXEC | O_NONBLOCK)
        guard bell >= 0 else { return nil }
    }

    deinit { close(bell) }

    /// Whether it takes no more calls.
    var isClosed: Bool { state.withLock { $0.isEnding } }

    func ring() { eventfd_write(bell, 1) }

    func add(_ call: Call) {
        let isTaken = state.withLock { state in
            guard !state.isEnding else { return false }
            state.calls.append(call)
            return true
        }
        if isTaken { ring() } else { call.fail(.notConnected, mayHaveArrived: false) }
    }

    func end() {
        state.withLock { $0.isEnding = true }
        ring()
    }

    /// Waits until nothing of the program is left.
    func untilEnded() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waiting.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// For the thread: the calls that were added since the last time, and whether to end.
    func take() -> (calls: [Call], isEnding: Bool) {
        var count: eventfd_t = 0
        eventfd_read(bell, &count)
        return state.withLock { state in
            defer { state.calls = [] }
            return (state.calls, state.isEnding)
        }
    }

    /// For the thread: takes no further calls from now on.
    func refuse() {
        state.withLock { $0.isEnding = true }
    }

    /// For the thread, at its end.
    func finish() {
        let (calls, waiting) = state.withLock { state in
            state.isEnding = true
            state.hasEnded = true
            defer { (state.calls, state.waiting) = ([], []) }
            return (state.calls, state.waiting)
        }
        for call in calls { call.fail(.notConnected, mayHaveArrived: false) }
        for continuation in waiting { continuation.resume() }
    }
}
