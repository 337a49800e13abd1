import CCurl
import Synchronization

/// Where callers leave what they want of the thread that drives libcurl, and wake it.
final class HTTPInbox: Sendable {
    private struct State {
        var calls: [HTTPCall] = []
        var isClosed = false
    }

    /// All of libcurl's transfers and connections, for the thread only, which frees it after `close`.
    // Unsafe, because it is a pointer. Others only wake the thread with it, which libcurl allows from any thread, and
    // the lock keeps that before the end.
    nonisolated(unsafe) let multi: UnsafeMutableRawPointer
    private let state = Mutex(State())

    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init() {
        // A process that has no memory or no descriptor left when it starts cannot do its work; its service manager
        // starts it again.
        guard Self.isReady, let multi = curl_multi_init(), curl_multi_wakeup(multi) == CURLM_OK else {
            fatalError("libcurl cannot start")
        }
        self.multi = multi
    }

    func add(_ call: HTTPCall) {
        state.withLock { state in
            state.calls.append(call)
            curl_multi_wakeup(multi)
        }
    }

    func wake() {
        _ = state.withLock { _ in curl_multi_wakeup(multi) }
    }

    /// No call is waiting by then, and none comes afterwards: each keeps the session.
    func close() {
        state.withLock { state in
            state.isClosed = true
            curl_multi_wakeup(multi)
        }
    }

    /// The calls that were added since the last time; nil once it is closed.
    func take() -> [HTTPCall]? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            defer { state.calls = [] }
            return state.calls
        }
    }
}
