import Testing

@testable import HTTP

/// Every event in every state.
@Suite struct HTTPConnectionTableTests {
    /// A connection in each state, as requests and answers bring it there.
    enum Situation: CaseIterable {
        case idle, ahead, head, deciding, body, inHand, answering, closing, streaming, lingering, closed

        var connection: HTTPConnection {
            var connection = HTTPConnection(limits: HTTPLimits(), peer: "192.0.2.1", at: start)
            var output: [UInt8] = []
            func read(_ text: String) {
                var offset = 0
                let input = Array(text.utf8)
                while true {
                    switch connection.next(input.span, &offset, at: start, &output) {
                    case .decide(let head) where self != .deciding:
                        if case .bodyFollows = connection.receive(head, limit: 9, at: start, &output) { continue }
                    default: break
                    }
                    return connection.keep(input.span.extracting(offset..<input.count))
                }
            }
            switch self {
            case .idle: break
            case .ahead:
                read(.get("/") + "G")
                connection.respond(.text(200, ""), at: start, &output)
                _ = connection.wrote(output.count, at: start)
            case .head: read("G")
            case .deciding: read(.get("/"))
            case .body: read(.post("/", "", length: 2))
            case .inHand: read(.get("/"))
            case .answering:
                read(.get("/"))
                connection.respond(.text(200, ""), at: start, &output)
            case .closing, .lingering:
                read(.get("/", "Connection: close"))
                connection.respond(.text(200, ""), at: start, &output)
                if self == .lingering { _ = connection.wrote(output.count, at: start) }
            case .streaming:
                read(.get("/"))
                connection.stream([:], at: start, &output)
            case .closed: connection.close()
            }
            return connection
        }
    }

    enum Event: CaseIterable {
        case input, hungUp, readable, inputEnded, discarded, takeAhead, respond, stream, feed, feedMuch, endStream
        case cutStream, wroteNothing, wroteSome, wroteAll, deadline, drain, closeIfIdle, close

        /// What is returned, and what is sent: its status where it is an answer.
        func happen(to connection: inout HTTPConnection) -> String {
            var output: [UInt8] = []
            let action: HTTPConnection.Action?
            switch self {
            case .input:
                var offset = 0
                let input = Array("\r".utf8)
                let step = connection.next(input.span, &offset, at: start, &output)
                return describe(offset == 0 ? "wait" : "\(step)", output)
            case .hungUp: action = connection.readable(hungUp: true)
            case .readable: action = connection.readable(hungUp: false)
            case .inputEnded: action = connection.inputEnded()
            case .discarded: action = connection.discarded(1 << 30)
            case .takeAhead: return connection.takeAhead().map { String(decoding: $0, as: UTF8.self) } ?? "wait"
            case .respond:
                connection.respond(.text(200, ""), at: start, &output)
                action = .wait
            case .stream:
                connection.stream([:], at: start, &output)
                action = .wait
            case .feed:
                connection.feed([1], &output)
                action = .wait
            case .feedMuch:
                connection.feed([UInt8](repeating: 1, count: HTTPStream.unsentLimit + 1), &output)
                action = connection.wrote(0, at: start)
            case .endStream: action = connection.endStream(at: start)
            case .cutStream: action = connection.cutStream()
            case .wroteNothing: action = connection.wrote(0, at: start)
            case .wroteSome: action = connection.wrote(min(1, connection.unsent), at: start)
            case .wroteAll: action = connection.wrote(connection.unsent, at: start)
            case .deadline: action = connection.timePassed(at: start + .seconds(3600), &output)
            case .drain: action = connection.drain(at: start)
            case .closeIfIdle: action = connection.closeIfIdle(at: start)
            case .close: action = connection.close()
            }
            return describe(action.map { "\($0)" } ?? "", output)
        }

        private func describe(_ action: String, _ output: [UInt8]) -> String {
            let text = String(decoding: output.prefix(12), as: UTF8.self)
            return text.hasPrefix("HTTP")
                ? "\(action), sends \(text.suffix(3))" : action + (text.isEmpty ? "" : ", sends")
        }
    }

    @Test(arguments: Situation.allCases) func `every event does what the table says`(situation: Situation) {
        for event in Event.allCases {
            var connection = situation.connection
            let before = connection.state
            let result = event.happen(to: &connection)
            let line = "\(situation) \(event): \(result) -> \(connection.state)"
            print(line, before == connection.state ? "same" : "")
        }
    }
}

private let start = ContinuousClock.now
