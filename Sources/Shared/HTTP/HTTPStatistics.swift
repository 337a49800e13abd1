import Synchronization

/// Something worth a line in the log or a count; of what a sender controls it carries the address only.
package enum HTTPServerEvent: Sendable, Equatable {
    package enum ConnectionLimit: String, Sendable, CaseIterable { case total, perAddress = "per_address" }
    package enum Timeout: String, Sendable, CaseIterable { case idle, head, body, write }

    case refusedConnection(ConnectionLimit, address: String)
    /// The process or the system has no descriptor or memory left for a connection; `code` is the errno.
    case cannotAccept(code: Int32)
    /// The listening socket accepts no more, which ends the server; `code` is the errno.
    case listenerLost(code: Int32)
    case refusedRequest(HTTPRefusal, address: String)
    case timedOut(Timeout, address: String)
    /// The drain deadline cut off this many connections.
    case cutOff(connections: Int)
}

/// What a server counted since it started.
package struct HTTPStatistics: Sendable, Equatable {
    /// Connections open now.
    package internal(set) var open = 0
    package internal(set) var accepted = 0
    /// Times the process had no descriptor or memory left for a connection.
    package internal(set) var acceptFailures = 0
    package internal(set) var refusedConnections: [HTTPServerEvent.ConnectionLimit: Int] = [:]
    package internal(set) var refusedRequests: [HTTPRefusal: Int] = [:]
    package internal(set) var timeouts: [HTTPServerEvent.Timeout: Int] = [:]
    /// Answers begun, by status.
    package internal(set) var answers: [Int: Int] = [:]
    /// Body bytes that arrived.
    package internal(set) var bodyBytes = 0
    /// Streams and WebSockets open now.
    package internal(set) var streams = 0
    /// Of these, those cut because their clients took less than came for them, or did not answer a ping.
    package internal(set) var cutStreams = 0

    mutating func count(_ event: HTTPServerEvent) {
        switch event {
        case .refusedConnection(let limit, _): refusedConnections[limit, default: 0] += 1
        case .cannotAccept: acceptFailures += 1
        case .refusedRequest(let refusal, _): refusedRequests[refusal, default: 0] += 1
        case .timedOut(let timeout, _): timeouts[timeout, default: 0] += 1
        case .cutOff, .listenerLost: break
        }
    }

    static func += (left: inout HTTPStatistics, right: HTTPStatistics) {
        left.open += right.open
        left.accepted += right.accepted
        left.acceptFailures += right.acceptFailures
        left.refusedConnections.merge(right.refusedConnections, uniquingKeysWith: +)
        left.refusedRequests.merge(right.refusedRequests, uniquingKeysWith: +)
        left.timeouts.merge(right.timeouts, uniquingKeysWith: +)
        left.answers.merge(right.answers, uniquingKeysWith: +)
        left.bodyBytes += right.bodyBytes
        left.streams += right.streams
        left.cutStreams += right.cutStreams
    }
}

/// What one loop counts; its lock is contended only while somebody reads the statistics.
final class HTTPCounters: Sendable {
    private let statistics = Mutex(HTTPStatistics())

    var current: HTTPStatistics { statistics.withLock { $0 } }

    func update(_ body: (inout HTTPStatistics) -> Void) {
        statistics.withLock { body(&$0) }
    }
}
