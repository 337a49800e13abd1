import Testing

@testable import HTTP

/// Every event in every state.
@Suite struct HTTPConnectionTableTests {
    /// A connection in each state, as requests and answers bring it there.
    enum Situation: CaseIterable {
        case idle, ahead, head, deciding, body, inHand, answering, closing, streaming, webSocket
        case pongDue, lingering, closed

        var connection: HTTPConnection {
            var connection = HTTPConnection(limits: limits, peer: "192.0.2.1", at: start)
            func read(_ text: String) {
                var offset = 0
                let input = Array(text.utf8)
                while true {
                    switch connection.next(input.span, &offset, at: start) {
                    case .decide(let head) where self != .deciding:
                        if case .bodyFollows = connection.receive(head, limit: 9, at: start) { continue }
                    default: break
                    }
                    return connection.keep(input.span.extracting(offset..<input.count))
                }
            }
            switch self {
            case .idle: break
            case .ahead:
                read(.get("/") + "G")
                connection.respond(.text(200, ""), at: start)
                _ = connection.wrote(connection.output.count, at: start)
            case .head: read("G")
            case .deciding: read(.get("/"))
            case .body: read(.post("/", "", length: 2))
            case .inHand: read(.get("/"))
            case .answering:
                read(.get("/"))
                connection.respond(.text(200, ""), at: start)
            case .closing, .lingering:
                read(.get("/", "Connection: close"))
                connection.respond(.text(200, ""), at: start)
                if self == .lingering { _ = connection.wrote(connection.output.count, at: start) }
            case .streaming:
                read(.get("/"))
                connection.stream([:], at: start)
            case .webSocket, .pongDue:
                read(.handshake())
                if let handshake { connection.upgrade(handshake, [:], at: start) }
                if self == .pongDue { _ = connection.timePassed(at: start + limits.streamComment) }
            case .closed: connection.close()
            }
            return connection
        }
    }

    enum Event: String, CaseIterable {
        case input, hungUp, readable, inputEnded, discarded, takeAhead, respond, stream, upgrade, pong, feed, feedMuch,
            endStream
        case cutStream, wroteNothing, wroteSome, wroteAll, deadline, drain, closeIfIdle, close

        /// The name of what the connection returned.
        func happen(to connection: inout HTTPConnection) -> String {
            var action = HTTPConnection.Action.wait
            switch self {
            case .input:
                var offset = 0
                let input = Array("\r".utf8)
                return name(connection.next(input.span, &offset, at: start))
            case .takeAhead: return connection.takeAhead().map { String(decoding: $0, as: UTF8.self) } ?? "wait"
            case .hungUp: action = connection.readable(hungUp: true)
            case .readable: action = connection.readable(hungUp: false)
            case .inputEnded: action = connection.inputEnded()
            case .discarded: action = connection.discarded(1 << 30)
            case .respond: connection.respond(.text(200, ""), at: start)
            case .stream: connection.stream([:], at: start)
            case .upgrade: if let handshake { connection.upgrade(handshake, [:], at: start) }
            case .pong:
                var offset = 0
                let input = ClientFrame.bytes(ClientFrame.pong)
                return name(connection.next(input.span, &offset, at: start))
            case .feed: connection.feed([1])
            case .feedMuch:
                connection.feed([UInt8](repeating: 1, count: HTTPStream.unsentLimit + 1))
                action = connection.wrote(0, at: start)
            case .endStream: action = connection.endStream(.normal, at: start)
            case .cutStream: action = connection.cutStream()
            case .wroteNothing: action = connection.wrote(0, at: start)
            case .wroteSome: action = connection.wrote(min(1, connection.output.count), at: start)
            case .wroteAll: action = connection.wrote(connection.output.count, at: start)
            case .deadline: action = connection.timePassed(at: start + .seconds(3600))
            case .drain: action = connection.drain(at: start)
            case .closeIfIdle: action = connection.closeIfIdle(at: start)
            case .close: action = connection.close()
            }
            return name(action)
        }
    }

    /// What is returned, `+` where something is to be sent, and the next state where it is another one.
    ///
    /// Events that are not here return `wait` and change nothing.
    private static let table: [Situation: [Event: String]] = [
        .idle: [
            .input: "wait head", .pong: "wait head", .hungUp: "read", .readable: "read", .inputEnded: "close closed",
            .deadline: "timedOut closed", .drain: "read", .close: "close closed",
        ],
        .ahead: [
            .input: "wait head", .pong: "wait head", .hungUp: "pauseReading", .readable: "pauseReading",
            .takeAhead: "G",
            .deadline: "timedOut closed", .close: "close closed",
        ],
        .head: [
            .hungUp: "read", .readable: "read", .inputEnded: "close closed", .deadline: "timedOut + closing",
            .close: "close closed",
        ],
        .deciding: [
            .hungUp: "close closed", .readable: "pauseReading", .respond: "wait + answering", .close: "close closed",
        ],
        .body: [
            .input: "body", .pong: "body", .hungUp: "read", .readable: "read", .inputEnded: "close closed",
            .respond: "wait + closing", .deadline: "timedOut + closing", .close: "close closed",
        ],
        .inHand: [
            .hungUp: "close closed", .readable: "pauseReading", .respond: "wait + answering",
            .stream: "wait + streaming", .upgrade: "wait + webSocket", .close: "close closed",
        ],
        .answering: [
            .hungUp: "close closed", .readable: "pauseReading", .wroteAll: "wait idle", .deadline: "timedOut closed",
            .close: "close closed",
        ],
        .closing: [
            .hungUp: "close closed", .readable: "pauseReading", .wroteAll: "endOutput lingering",
            .deadline: "timedOut closed", .close: "close closed",
        ],
        .streaming: [
            .hungUp: "close closed", .readable: "pauseReading", .feed: "wait +", .feedMuch: "cutStream closed",
            .endStream: "wait closing", .cutStream: "cutStream closed", .deadline: "wait +", .drain: "wait closing",
            .close: "close closed",
        ],
        .webSocket: [
            .input: "wait + closing", .hungUp: "read", .readable: "read", .inputEnded: "close closed", .feed: "wait +",
            .feedMuch: "cutStream closed", .endStream: "wait + closing", .cutStream: "cutStream closed",
            .deadline: "wait + awaitsPong", .drain: "wait + closing", .close: "close closed",
        ],
        .pongDue: [
            .input: "wait + closing", .hungUp: "read", .readable: "read", .inputEnded: "close closed",
            .pong: "wait webSocket", .feed: "wait +", .feedMuch: "cutStream closed", .endStream: "wait + closing",
            .cutStream: "cutStream closed", .deadline: "cutStream closed", .drain: "wait + closing",
            .close: "close closed",
        ],
        .lingering: [
            .hungUp: "discard", .readable: "discard", .inputEnded: "close closed", .discarded: "close closed",
            .deadline: "close closed", .close: "close closed",
        ],
        .closed: [:],
    ]

    @Test(arguments: Situation.allCases) func `every event does what the table says`(situation: Situation) throws {
        let expected = try #require(Self.table[situation])
        for event in Event.allCases {
            var connection = situation.connection
            let before = connection
            var result = event.happen(to: &connection)
            if connection.output.count > before.output.count { result += " +" }
            if stateName(connection) != stateName(before) { result += " \(stateName(connection))" }
            #expect(result == expected[event] ?? "wait", "\(event)")
        }
    }
}

private let start = Duration.zero
private let limits = HTTPLimits()
private let handshake = WebSocketHandshake.parsed()

/// The name of a state; two of them differ in what they wait for only.
private func stateName(_ connection: HTTPConnection) -> String {
    connection.state == .webSocket(awaitsPong: true) ? "awaitsPong" : name(connection.state)
}

/// The name of an enum's case, without its values.
private func name(_ value: some Any) -> String { String("\(value)".prefix { $0 != "(" }) }
