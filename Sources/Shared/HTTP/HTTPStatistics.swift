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
    }
}
