import Foundation
import FoundationNetworking
import Synchronization

/// Why there is no whole answer; the raw values are for error texts, and never name the host as Foundation's do.
enum TransportFailure: String, Error {
    /// There was no connection, so nothing was sent.
    case notConnected = "there is no connection"
    /// As `notConnected`; Foundation on Linux has no code for it, only libcurl's words.
    case untrusted = "the server's certificate is not trusted"
    case timedOut = "there was no whole answer in time"
    case broken = "the connection broke before the whole answer was here"
    case tooLarge = "the answer is too large"
    case cancelled = "the call was cancelled"

    init(_ error: any Error) {
        switch (error as? URLError)?.code {
        case .cannotConnectToHost, .cannotFindHost, .dnsLookupFailed: self = .notConnected
        case .timedOut: self = .timedOut
        case .unknown where error.localizedDescription.contains("SSL certificate problem"): self = .untrusted
        default: self = .broken
        }
    }
}

/// One request and its answer, which ends once: with the whole answer, a failure, its deadline or its cancellation.
final class HTTPExchange: Sendable {
    typealias Outcome = Result<HTTPAnswer, TransportFailure>

    private struct State {
        var response: (status: Int, fields: AnswerFields)?
        var body: [UInt8] = []
        var outcome: Outcome?
        var waiting: CheckedContinuation<Outcome, Never>?
    }

    private let maximumBytes: Int
    private let state = Mutex(State())

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Waits for the end; `start` is called unless that has come already.
    func outcome(after start: () -> Void) async -> Outcome {
        await withCheckedContinuation { continuation in
            let outcome = state.withLock { state in
                if state.outcome == nil { state.waiting = continuation }
                return state.outcome
            }
            if let outcome { continuation.resume(returning: outcome) } else { start() }
        }
    }

    /// Ends it; only the first end counts.
    func end(_ outcome: Outcome) {
        let waiting = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            guard state.outcome == nil else { return nil }
            state.outcome = outcome
            state.body = []
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: outcome)
    }

    /// Takes the head of the answer.
    func receive(_ response: HTTPURLResponse) {
        let fields = AnswerFields(response)
        // Foundation never completes a 401 that asks for Basic authentication, so its body is not waited for.
        guard response.statusCode != 401 else {
            return end(.success(HTTPAnswer(status: 401, fields: fields, body: [])))
        }
        state.withLock { $0.response = (response.statusCode, fields) }
    }

    /// Takes the next bytes of the body.
    func receive(_ data: Data) {
        let isTooLarge = state.withLock { state in
            guard state.outcome == nil else { return false }
            state.body += data
            return state.body.count > maximumBytes
        }
        if isTooLarge { end(.failure(.tooLarge)) }
    }

    /// Takes the end of the answer, or of the connection.
    func complete(_ error: (any Error)?) {
        if let error { return end(.failure(TransportFailure(error))) }
        let answer = state.withLock { state in
            state.response.map { HTTPAnswer(status: $0.status, fields: $0.fields, body: state.body) }
        }
        end(answer.map { .success($0) } ?? .failure(.broken))
    }
}
