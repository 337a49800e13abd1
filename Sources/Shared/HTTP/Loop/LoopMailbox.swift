import CLinux
import Glibc
import Synchronization

/// Messages of other threads to a loop, and an eventfd that wakes the loop where it sleeps.
final class LoopMailbox: Sendable {
    enum Message: Sendable {
        case answer(HTTPReply.Answer, ConnectionID)
        case endBody(@Sendable () -> HTTPResponse, ConnectionID, request: Int)
        /// The stream has something to send.
        case feed(HTTPStream, ConnectionID)
        case endStream(ConnectionID)
        case drain
        /// Called by the loop, which shows that it does not hang.
        case ping(@Sendable () -> Void)

        /// Tells whoever waits for a message that the loop has ended and will not read it.
        fileprivate func passOver() {
            switch self {
            case .ping(let body): body()
            case .feed(let stream, _), .answer(.stream(let stream, _), _): stream.markEnded()
            case .answer(.response, _), .endBody, .endStream, .drain: break
            }
        }
    }

    private struct State {
        var messages: [Message] = []
        var isAsleep = false
        var hasEnded = false
    }

    /// Readable when the loop must look at its messages.
    let wakeDescriptor: Int32
    private let state = Mutex(State())

    init() throws(HTTPServerError) {
        wakeDescriptor = eventfd(0, O_CLOEXEC | O_NONBLOCK)
        guard wakeDescriptor >= 0 else { throw HTTPServerError(call: "eventfd", code: errno) }
    }

    deinit { close(wakeDescriptor) }

    /// Adds a message; only the first one after the loop fell asleep costs a system call.
    func post(_ message: Message) {
        let mustWake: Bool? = state.withLock { state in
            guard !state.hasEnded else { return nil }
            state.messages.append(message)
            let mustWake = state.isAsleep
            state.isAsleep = false
            return mustWake
        }
        guard let mustWake else { return message.passOver() }
        guard mustWake else { return }
        var one: UInt64 = 1
        // It fails only when the count is at its limit, and then the loop is awake.
        _ = write(wakeDescriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Whether the loop may sleep: false while messages wait.
    func fallAsleep() -> Bool {
        state.withLock { state in
            state.isAsleep = state.messages.isEmpty
            return state.isAsleep
        }
    }

    /// The messages so far, in order; the loop is awake from now on.
    func takeAll() -> [Message] {
        state.withLock { state in
            state.isAsleep = false
            let messages = state.messages
            state.messages = []
            return messages
        }
    }

    /// The loop has ended: what it has not read, and what is still posted, is passed over.
    func end() {
        let unread = state.withLock { state in
            state.hasEnded = true
            defer { state.messages = [] }
            return state.messages
        }
        for message in unread { message.passOver() }
    }

    /// Takes back the wake-up, so that the descriptor is no longer readable.
    func silence() {
        var count: UInt64 = 0
        _ = read(wakeDescriptor, &count, MemoryLayout<UInt64>.size)
    }
}
