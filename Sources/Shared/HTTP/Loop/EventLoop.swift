import Glibc

/// Serves the connections of one thread until it is told to drain.
final class EventLoop {
    private let context: LoopContext
    private let listener: ListeningSocket
    private let acceptor: Acceptor
    private let listenerID: ConnectionID
    private let wakeID: ConnectionID

    /// By descriptor, which the system keeps small.
    private var channels: [HTTPChannel?] = []
    private var open = 0
    private var lastNumber: UInt32 = 0
    private var events = Poller.buffer(256)
    private var nextTick = Duration.zero
    /// Set while no connection is accepted because the last one could not be.
    private var acceptsAgain: Duration?
    private var drainEnd: Duration?

    init(context: LoopContext, listener: ListeningSocket) {
        self.context = context
        self.listener = listener
        acceptor = Acceptor(listener)
        listenerID = ConnectionID(descriptor: listener.descriptor, number: 0)
        wakeID = ConnectionID(descriptor: context.mailbox.wakeDescriptor, number: 0)
    }

    func run() {
        defer { context.mailbox.end() }
        guard context.poller.add(listenerID, Poller.readable), context.poller.add(wakeID, Poller.readable) else {
            return context.note(.cannotAccept(code: errno))
        }
        while !isDone {
            let maySleep = context.turns.isEmpty && context.mailbox.fallAsleep()
            let count = context.poller.wait(&events, milliseconds: maySleep ? timeout : 0)
            context.beginRound()
            for index in 0..<count {
                handle(Poller.event(index, in: events))
            }
            for message in context.mailbox.takeAll() { handle(message) }
            giveTurns()
            if context.now >= nextTick { tick() }
        }
        if open > 0 { context.note(.cutOff(connections: open)) }
        for channel in channels { channel?.close() }
    }

    private var isDone: Bool {
        guard let drainEnd else { return false }
        return open == 0 || context.now >= drainEnd
    }

    private var timeout: Int32 {
        guard open > 0 || acceptsAgain != nil || drainEnd != nil else { return -1 }
        let left = max(nextTick - context.time, .zero) / .milliseconds(1)
        return Int32(left.rounded(.up))
    }

    private func handle(_ event: Poller.Event) {
        if event.id == listenerID {
            accept(atMost: 64)
        } else if event.id == wakeID {
            context.mailbox.silence()
        } else {
            withChannel(event.id) { $0.handle(event.flags) }
        }
    }

    private func handle(_ message: LoopMailbox.Message) {
        switch message {
        case .answer(let answer, let id): withChannel(id) { $0.deliver(answer) }
        case .endBody(let response, let id, let request): withChannel(id) { $0.endBody(request, with: response) }
        case .feed(let stream, let id): if !withChannel(id, { $0.feed(stream) }) { stream.markEnded() }
        case .endStream(let id): withChannel(id) { $0.endStream() }
        case .drain: drain()
        case .ping(let body): body()
        }
    }

    /// Serves one more request of each connection that has sent some ahead; the next one is for the next round.
    private func giveTurns() {
        let turns = context.turns
        context.turns = []
        for id in turns { withChannel(id) { $0.takeTurn() } }
    }

    /// Calls `body` unless the connection has gone, and forgets a connection that closes meanwhile.
    ///
    /// - Returns: whether it was still there.
    @discardableResult
    private func withChannel(_ id: ConnectionID, _ body: (HTTPChannel) -> Void) -> Bool {
        let index = Int(id.descriptor)
        guard index < channels.count, let channel = channels[index], channel.id == id else { return false }
        body(channel)
        guard channel.isClosed else { return true }
        channels[index] = nil
        open -= 1
        return true
    }

    private func forEachChannel(_ body: (HTTPChannel) -> Void) {
        for channel in channels {
            if let channel { withChannel(channel.id, body) }
        }
    }

    private func tick() {
        nextTick = context.now + context.limits.tick
        if let again = acceptsAgain, context.now >= again {
            acceptsAgain = nil
            context.poller.change(listenerID, to: Poller.readable)
        }
        forEachChannel { $0.timePassed() }
    }

    private func accept(atMost limit: Int) {
        for _ in 0..<limit {
            switch acceptor.accept() {
            case .connection(let descriptor, let peer): begin(descriptor, peer)
            case .none: return
            case .broken(let code): return context.note(.listenerLost(code: code))
            case .exhausted(let code):
                context.note(.cannotAccept(code: code))
                acceptsAgain = context.now + context.limits.acceptBackOff
                context.poller.change(listenerID, to: 0)
                return
            }
        }
    }

    private func begin(_ descriptor: Int32, _ peer: IPAddress) {
        if let limit = context.gate.enter(peer) {
            context.note(.refusedConnection(limit, address: peer.description))
            return Self.turnAway(descriptor)
        }
        lastNumber = lastNumber == .max ? 1 : lastNumber + 1
        let id = ConnectionID(descriptor: descriptor, number: lastNumber)
        guard let channel = HTTPChannel(id: id, peer: peer, context: context) else {
            context.gate.leave(peer)
            return context.note(.cannotAccept(code: ENOMEM))
        }
        context.count {
            $0.accepted += 1
            $0.open += 1
        }
        while channels.count <= Int(descriptor) { channels.append(nil) }
        channels[Int(descriptor)] = channel
        open += 1
    }

    /// Sends a 503, as far as the socket takes it at once, and closes.
    private static func turnAway(_ descriptor: Int32) {
        var answer: [UInt8] = []
        HTTPResponse.error(503, code: "too_many_connections", detail: "There are too many connections.")
            .write(to: &answer, withBody: true, closing: true)
        _ = send(descriptor, answer, answer.count, Int32(MSG_NOSIGNAL))
        close(descriptor)
    }

    /// Takes the connections that the system has accepted already, then no more, and lets each come to its end.
    private func drain() {
        guard drainEnd == nil else { return }
        drainEnd = context.now + context.limits.drainDeadline
        accept(atMost: .max)
        // Closing it is not enough where others hold it, too: it would wake this loop for ever.
        context.poller.remove(listenerID)
        listener.close()
        forEachChannel { $0.drain() }
    }
}
