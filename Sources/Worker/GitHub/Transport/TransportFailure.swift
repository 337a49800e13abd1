import CCurl

/// Why there is no whole answer.
package struct TransportFailure: Error, Equatable, CustomStringConvertible {
    /// The raw values are for error texts; unlike libcurl's words, they never name a host or a proxy.
    enum Reason: String {
        case notConnected = "there is no connection"
        case untrusted = "the server's certificate is not trusted"
        case timedOut = "there was no whole answer in time"
        case broken = "the connection broke before the whole answer was here"
        case tooLarge = "the answer is too large"
        case cancelled = "the call was cancelled"
    }

    let reason: Reason
    /// Whether the server may have got the request, or a part of it.
    let mayHaveArrived: Bool

    package var description: String { reason.rawValue }
}

extension TransportFailure {
    /// What libcurl's code means for an answer that is not whole, if it calls that a success too.
    init(_ code: CURLcode, mayHaveArrived: Bool) {
        let reason: Reason =
            switch code {
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR: .untrusted
            default: mayHaveArrived ? .broken : .notConnected
            }
        self.init(reason: reason, mayHaveArrived: mayHaveArrived)
    }
}
