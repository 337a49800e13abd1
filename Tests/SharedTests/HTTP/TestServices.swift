import HTTP
import Synchronization

extension HTTPService {
    /// Answers `HIT <method> <target> <version> <body length>` to whatever is dispatched.
    static let hits = HTTPService { head in .receive(into: HitSink(head), limit: 26_214_400) }

    /// Keeps the replies, for a test to answer.
    static func held(by shelf: ReplyShelf) -> HTTPService {
        HTTPService { head in .receive(into: HoldingSink(shelf, head.path), limit: 1000) }
    }
}

/// Counts a body and answers at once.
private final class HitSink: HTTPBodySink {
    private let head: HTTPRequestHead
    private var count = 0

    init(_ head: HTTPRequestHead) { self.head = head }

    func receive(_ bytes: UnsafeRawBufferPointer) -> HTTPResponse? {
        count += bytes.count
        return nil
    }

    func finish(_ reply: HTTPReply) {
        reply.send(.text(200, "HIT \(head.method) \(head.target) \(head.version.rawValue) \(count)\n"))
    }

    func abandon() {}
}

/// Replies that wait for the test, by path, and the paths of what was abandoned.
final class ReplyShelf: Sendable {
    private let replies = Mutex<[String: HTTPReply]>([:])
    private let abandoned = Mutex<[String]>([])
    private let arrivals = Mutex<[String: HTTPArrival]>([:])

    var abandonedPaths: [String] { abandoned.withLock { $0 } }

    func put(_ reply: HTTPReply, _ path: String) { replies.withLock { $0[path] = reply } }

    func put(_ arrival: HTTPArrival, _ path: String) { arrivals.withLock { $0[path] = arrival } }

    /// The last body that was waited for at `path`.
    func arrival(_ path: String) -> HTTPArrival? { arrivals.withLock { $0[path] } }

    func abandon(_ path: String) { abandoned.withLock { $0.append(path) } }

    /// Waits for the request to `path` and takes its reply.
    func take(_ path: String) async throws -> HTTPReply {
        while true {
            if let reply = replies.withLock({ $0.removeValue(forKey: path) }) { return reply }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

private final class HoldingSink: HTTPBodySink {
    private let shelf: ReplyShelf
    private let path: String

    init(_ shelf: ReplyShelf, _ path: String) {
        self.shelf = shelf
        self.path = path
    }

    func begin(_ arrival: HTTPArrival) { shelf.put(arrival, path) }

    func receive(_ bytes: UnsafeRawBufferPointer) -> HTTPResponse? {
        path == "/refuse" ? .error(503, code: "busy", detail: "Too much.") : nil
    }

    func finish(_ reply: HTTPReply) { shelf.put(reply, path) }

    func abandon() { shelf.abandon(path) }
}
