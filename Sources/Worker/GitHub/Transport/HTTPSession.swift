import Foundation
import Synchronization

/// A request as it goes over the wire.
struct HTTPRequest: Sendable {
    let method: APIRequest.Method
    let url: String
    /// Whole lines, such as `Accept: text/html`; some are secret.
    let fields: [String]
    let body: String?
}

/// Sends requests by libcurl, which drives all of them on one thread of the session; callers wait without a thread.
///
/// Nothing is kept from one request for the next but connections, and those for reads only. The program must ignore
/// SIGPIPE.
package final class HTTPSession: Sendable {
    private let inbox = HTTPInbox()

    package init() {
        let thread = Thread { [inbox] in
            var loop = HTTPLoop(inbox)
            loop.run()
        }
        thread.name = "github"
        thread.start()
    }

    deinit { inbox.close() }

    /// Sends a request once, without following redirects; a read is sent again where a kept connection was dead.
    ///
    /// The deadline is for everything, from the look-up of the name to the last byte; the limit is for the body once it
    /// is unpacked. The answer is whole, too, where `isEnough` says so of a piece of its body, each of which it sees as
    /// it comes, on the session's thread.
    func send(
        _ request: HTTPRequest,
        until deadline: ContinuousClock.Instant,
        maximumBytes: Int,
        isEnough: @escaping HTTPCall.Observer = { _, _ in false }
    ) async throws(TransportFailure) -> HTTPAnswer {
        let cancellation = HTTPCancellation()
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                inbox.add(
                    HTTPCall(
                        request: request,
                        deadline: deadline,
                        maximumBytes: maximumBytes,
                        isEnough: isEnough,
                        cancellation: cancellation,
                        continuation: continuation
                    )
                )
            }
        } onCancel: {
            cancellation.cancel()
            inbox.wake()
        }
        return try outcome.get()
    }

    /// Reads a page of any server.
    package func get(
        _ url: String,
        within limit: Duration,
        maximumBytes: Int
    ) async throws(TransportFailure) -> (status: Int, body: [UInt8]) {
        let request = HTTPRequest(method: .get, url: url, fields: [], body: nil)
        let answer = try await send(request, until: .now + limit, maximumBytes: maximumBytes)
        return (answer.status, answer.body)
    }

    /// Posts a body to any server, once; `fields` are whole lines.
    package func post(
        _ url: String,
        fields: [String],
        body: String,
        within limit: Duration,
        maximumBytes: Int
    ) async throws(TransportFailure) -> (status: Int, body: [UInt8]) {
        let request = HTTPRequest(method: .post, url: url, fields: fields, body: body)
        let answer = try await send(request, until: .now + limit, maximumBytes: maximumBytes)
        return (answer.status, answer.body)
    }
}

/// A request whose caller waits for its outcome.
struct HTTPCall: Sendable {
    typealias Outcome = Result<HTTPAnswer, TransportFailure>
    /// Sees the head of an answer and a piece of its body.
    typealias Observer = @Sendable (HTTPHead, UnsafeRawBufferPointer) -> Bool

    let request: HTTPRequest
    let deadline: ContinuousClock.Instant
    let maximumBytes: Int
    let isEnough: Observer
    let cancellation: HTTPCancellation
    let continuation: CheckedContinuation<Outcome, Never>

    /// Ends it before anything was done.
    func fail(_ reason: TransportFailure.Reason) {
        continuation.resume(returning: .failure(TransportFailure(reason: reason, mayHaveArrived: false)))
    }
}

/// Whether a caller no longer wants its outcome.
final class HTTPCancellation: Sendable {
    private let flag = Atomic(false)

    var isCancelled: Bool { flag.load(ordering: .acquiring) }

    func cancel() { flag.store(true, ordering: .releasing) }
}
