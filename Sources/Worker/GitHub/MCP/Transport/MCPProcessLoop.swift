import Base
import CLinux
import Foundation
import JSON

/// What the thread of a program does: it writes requests to it, reads its responses, and ends it.
struct MCPProcessLoop {
    private enum Phase {
        case running
        /// Its input is closed, and it was sent this signal if any; the next step comes at `until`.
        case ending(signal: Int32?, until: ContinuousClock.Instant)
    }

    private let pipes: MCPPipes
    private let mailbox: MCPMailbox
    private let maximumBytes: Int
    private var errorLog: MCPErrorLog
    private var phase = Phase.running
    private var isInputOpen = true
    private var isOutputOpen = true
    private var areErrorsOpen = true

    /// What is not yet written, in order; of the first, a part may be.
    private var outgoing: [(id: Int?, bytes: [UInt8])] = []
    private var written = 0
    private var calls: [Int: MCPMailbox.Call] = [:]
    private var line: [UInt8] = []
    /// Calls in a row that had no response in their time.
    private var timeouts = 0

    /// How long it may take to end after its input was closed, and again after SIGTERM.
    private static let patience: Duration = .seconds(2)
    /// How many timeouts in a row mean that it hangs; it is ended then, and another one may be started.
    private static let maximumTimeouts = 3
    /// Of answers to its own questions that it does not read.
    private static let maximumOutgoing = 1000

    init(_ pipes: MCPPipes, _ mailbox: MCPMailbox, maximumBytes: Int, _ errorLog: MCPErrorLog) {
        self.pipes = pipes
        self.mailbox = mailbox
        self.maximumBytes = maximumBytes
        self.errorLog = errorLog
    }

    /// Runs until nothing of the program is left.
    mutating func run() {
        // A program that is gone is no reason to end ours.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        while true {
            let (added, isEnding) = mailbox.take()
            for call in added { start(call) }
            expire()
            if isEnding { beginEnding(.broken) }
            if advance() { break }
            wait()
        }
        if isInputOpen { close(pipes.input) }
        close(pipes.output)
        close(pipes.errors)
        mailbox.finish()
    }

    private mutating func start(_ call: MCPMailbox.Call) {
        guard case .running = phase else { return call.fail(.notConnected, mayHaveArrived: false) }
        outgoing.append((call.id, Array(call.line.utf8) + [UInt8(ascii: "\n")]))
        guard let id = call.id else { return call.continuation.resume(returning: .success(nil)) }
        calls[id] = call
    }

    /// Ends the calls whose callers no longer wait.
    private mutating func expire() {
        for (id, call) in calls where call.cancellation.isCancelled || call.deadline <= .now {
            let place = outgoing.firstIndex { $0.id == id }
            // One that is written in part must become whole, or the next would be a part of it.
            let isUntouched = place.map { $0 > 0 || written == 0 } ?? false
            if let place, isUntouched {
                outgoing.remove(at: place)
            } else {
                let params: JSONValue = .object(["requestId": .int(id)])
                let notice = MCPRequest.notification("notifications/cancelled", params)
                outgoing.append((nil, Array(notice.utf8) + [UInt8(ascii: "\n")]))
            }
            if !call.cancellation.isCancelled { timeouts += 1 }
            finish(id, call.cancellation.isCancelled ? .cancelled : .timedOut, mayHaveArrived: !isUntouched)
        }
        if timeouts >= Self.maximumTimeouts { beginEnding(.timedOut) }
    }

    private mutating func finish(_ id: Int, _ reason: TransportFailure.Reason, mayHaveArrived: Bool) {
        calls.removeValue(forKey: id)?.fail(reason, mayHaveArrived: mayHaveArrived)
    }

    /// Closes the input, which asks a program to end; no call has a result any more.
    private mutating func beginEnding(_ reason: TransportFailure.Reason) {
        guard case .running = phase else { return }
        mailbox.refuse()
        phase = .ending(signal: nil, until: .now + Self.patience)
        close(pipes.input)
        isInputOpen = false
        for id in Array(calls.keys) {
            let place = outgoing.firstIndex { $0.id == id }
            finish(id, reason, mayHaveArrived: place.map { $0 == 0 && written > 0 } ?? true)
        }
        outgoing = []
    }

    /// Whether the program has ended; if it takes too long, it is told again, in stronger words.
    private mutating func advance() -> Bool {
        if pipes.isReaped() {
            // Its last words are still there, as many as the pipe holds.
            for _ in 0...16 where isOutputOpen { guard readOutput() else { break } }
            beginEnding(.broken)
            return true
        }
        guard case .ending(let signal, let until) = phase, until <= .now else { return false }
        // The kernel does not let go of it. It ends some day; nobody needs to wait for that.
        if signal == SIGKILL { mailbox.finish() }
        let next = signal == nil ? SIGTERM : SIGKILL
        pipes.signal(next)
        phase = .ending(signal: next, until: .now + Self.patience)
        return false
    }

    private mutating func wait() {
        var polls = [
            pollfd(fd: mailbox.bell, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isOutputOpen ? pipes.output : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: areErrorsOpen ? pipes.errors : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: outgoing.isEmpty ? -1 : pipes.input, events: Int16(POLLOUT), revents: 0),
        ]
        poll(&polls, nfds_t(polls.count), pause)
        if polls[1].revents != 0 { _ = readOutput() }
        if polls[2].revents != 0 { readErrors() }
        if polls[3].revents != 0, isInputOpen { write() }
    }

    /// How long to wait for something to do, in milliseconds.
    ///
    /// Nothing tells that a program has ended while another one keeps its output.
    private var pause: Int32 {
        guard case .running = phase else { return 10 }
        guard let next = calls.values.map(\.deadline).min() else { return 10_000 }
        return Int32(clamping: Int64(min(max((next - .now) / .milliseconds(1), 0), 500)) + 1)
    }

    private mutating func write() {
        guard let first = outgoing.first else { return }
        let count = first.bytes[written...].withUnsafeBytes { Glibc.write(pipes.input, $0.baseAddress, $0.count) }
        guard count >= 0 || errno == EAGAIN || errno == EINTR else { return beginEnding(.broken) }
        written += max(count, 0)
        guard written == first.bytes.count else { return }
        outgoing.removeFirst()
        written = 0
    }

    /// Whether there may be more.
    private mutating func readOutput() -> Bool {
        guard let bytes = Self.read(pipes.output) else { return false }
        guard !bytes.isEmpty else {
            isOutputOpen = false
            beginEnding(.broken)
            return false
        }
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            receive(line)
            line.removeAll(keepingCapacity: line.count < 1 << 16)
        }
        if line.count > maximumBytes {
            line = []
            beginEnding(.tooLarge)
        }
        return true
    }

    private mutating func readErrors() {
        guard let bytes = Self.read(pipes.errors) else { return }
        areErrorsOpen = !bytes.isEmpty
        errorLog.receive(bytes)
    }

    private mutating func receive(_ line: [UInt8]) {
        guard case .running = phase else { return }
        switch MCPIncoming(line) {
        case .response(let id, let message):
            timeouts = 0
            calls.removeValue(forKey: Int(id))?.continuation.resume(returning: .success(message))
        case .request(let answer):
            guard outgoing.count < Self.maximumOutgoing else { return beginEnding(.broken) }
            outgoing.append((nil, Array(answer.utf8) + [UInt8(ascii: "\n")]))
        case .other: break
        }
    }

    /// Nil if there is nothing now; empty at the end.
    private static func read(_ descriptor: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count < 0 { return errno == EAGAIN || errno == EINTR ? nil : [] }
        return Array(buffer.prefix(count))
    }
}
