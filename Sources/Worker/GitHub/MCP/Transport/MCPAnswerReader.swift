import Foundation
import JSON
import Synchronization

/// Looks for the response to one request in an answer over HTTP: one document, or a stream of messages.
///
/// Any other response is somebody else's and does not count.
final class MCPAnswerReader: Sendable {
    private struct State {
        var stream = EventStream()
        var response: JSONDocument?
    }

    /// What is to be sent to the server because it asked something of us in the stream.
    let answers: AsyncStream<String>
    private let id: Int64
    private let state = Mutex(State())
    private let asked: AsyncStream<String>.Continuation

    init(_ id: Int) {
        self.id = Int64(id)
        // A server that asks without end gets no answer at some time.
        (answers, asked) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(16))
    }

    /// Whether the response is there; what a stream says behind it does not matter.
    func receive(_ head: HTTPHead, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard head.status == 200, head.fields.mediaType == "text/event-stream" else { return false }
        return state.withLock { state in
            for message in state.stream.receive(bytes) {
                switch MCPIncoming(message) {
                case .response(let id, let response) where id == self.id:
                    state.response = response
                    return true
                case .request(let answer): asked.yield(answer)
                case .response, .other: break
                }
            }
            return false
        }
    }

    func response(in answer: HTTPAnswer) -> JSONDocument? {
        if let response = state.withLock({ $0.response }) { return response }
        guard answer.fields.mediaType == "application/json", case .response(id, let response) = MCPIncoming(answer.body)
        else { return nil }
        return response
    }
}
