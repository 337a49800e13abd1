import HTTP
import Synchronization

/// WebSockets that were granted and wait for a test, oldest first.
final class SocketShelf: Sendable {
    private let streams = Mutex<[HTTPStream]>([])

    func put(_ stream: HTTPStream) { streams.withLock { $0.append(stream) } }

    /// Waits for the next one and takes it.
    func take() async throws -> HTTPStream {
        while true {
            if let stream = streams.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return stream }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

/// Grants a handshake once the request is whole.
final class SocketSink: HTTPBodySink {
    private let handshake: WebSocketHandshake
    private let shelf: SocketShelf

    init(_ handshake: WebSocketHandshake, _ shelf: SocketShelf) {
        self.handshake = handshake
        self.shelf = shelf
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> HTTPResponse? { nil }

    func finish(_ reply: HTTPReply) { shelf.put(reply.webSocket(handshake)) }

    func abandon() {}
}
