import Foundation
import FoundationNetworking
import Synchronization

/// Connections to GitHub, without anything that is kept from one request for the next: no cookies, cache, credentials.
///
/// One fault of Foundation on Linux cannot be helped from here. Over HTTP/1.1, a connection that closes within the
/// head of an answer ends the process: "Transfer completed, but there's no response". Over HTTP/2, which GitHub itself
/// speaks, that is an error like others.
final class HTTPSession: Sendable {
    private let exchanges = Exchanges()
    private let session: URLSession

    init() {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.httpCookieAcceptPolicy = .never
        configuration.httpShouldSetCookies = false
        configuration.urlCache = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        configuration.urlCredentialStorage = nil
        session = URLSession(configuration: configuration, delegate: exchanges, delegateQueue: nil)
    }

    // The session keeps its delegate, and both stay in memory, until it is invalidated.
    deinit { session.invalidateAndCancel() }

    /// Sends a request once, without following redirects.
    func send(
        _ request: URLRequest,
        until deadline: ContinuousClock.Instant,
        maximumBytes: Int
    ) async throws(TransportFailure) -> HTTPAnswer {
        let exchange = HTTPExchange(maximumBytes: maximumBytes)
        let task = session.dataTask(with: request)
        exchanges.add(exchange, to: task)
        // Foundation's own limits are for idle connections, and some answers never complete at all.
        let timer = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            exchange.end(.failure(.timedOut))
        }
        defer {
            timer.cancel()
            task.cancel()
            exchanges.remove(task)
        }
        let outcome = await withTaskCancellationHandler {
            await exchange.outcome(after: task.resume)
        } onCancel: {
            exchange.end(.failure(.cancelled))
        }
        return try outcome.get()
    }
}

/// Hands what arrives to the exchange that it belongs to.
private final class Exchanges: NSObject, URLSessionDataDelegate, Sendable {
    private let exchanges = Mutex<[Int: HTTPExchange]>([:])

    func add(_ exchange: HTTPExchange, to task: URLSessionTask) {
        exchanges.withLock { $0[task.taskIdentifier] = exchange }
    }

    func remove(_ task: URLSessionTask) { exchanges.withLock { $0[task.taskIdentifier] = nil } }

    private func exchange(of task: URLSessionTask) -> HTTPExchange? {
        exchanges.withLock { $0[task.taskIdentifier] }
    }

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest,
        completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        let answer = HTTPAnswer(status: response.statusCode, fields: AnswerFields(response), body: [])
        exchange(of: task)?.end(.success(answer))
        completionHandler(nil)
    }

    func urlSession(
        _ session: URLSession,
        dataTask: URLSessionDataTask,
        didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        if let response = response as? HTTPURLResponse { exchange(of: dataTask)?.receive(response) }
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        exchange(of: dataTask)?.receive(data)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        exchange(of: task)?.complete(error)
    }
}
