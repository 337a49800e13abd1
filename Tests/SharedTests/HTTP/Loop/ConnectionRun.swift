import Testing

@testable import HTTP

/// A connection without a socket: a test says what the peer sends and takes, and looks at what came of it.
///
/// It does what the connection asks for as `HTTPChannel` does. Its service goes by the path: `/now` and `/bad` are
/// answered at the head, `/refuse` at the first bytes of the body, `/later`, `/stream` and `/socket` when the test calls
/// `reply`, `stream` or `upgrade`, and everything else when the request is whole.
struct ConnectionRun {
    private(set) var connection: HTTPConnection
    private(set) var now = Duration.zero

    /// What has come and nobody has read yet.
    private var arrived: [UInt8] = []
    private var hasEnd = false
    private var isPaused = false
    /// Whether the socket took less than it was given, and has not said since that it takes more.
    private var isFull = false
    /// How many bytes the socket takes at once.
    var room = Int.max

    /// `METHOD target body` of each request that the service got whole, `METHOD target` of each it answered before.
    private(set) var requests: [String] = []
    private(set) var sent: [UInt8] = []
    private(set) var hasEndedOutput = false
    private(set) var refusals: [HTTPRefusal] = []
    private(set) var timeouts: [HTTPServerEvent.Timeout] = []
    private(set) var isStreamCut = false
    private var current = ""
    private var handshake: WebSocketHandshake?
    private var body: [UInt8] = []

    init(limits: HTTPLimits = HTTPLimits()) {
        connection = HTTPConnection(limits: limits, peer: "192.0.2.1", at: now)
    }

    var text: String { String(decoding: sent, as: UTF8.self) }
    /// The statuses of all answers so far.
    var statuses: [Int] { text.split(separator: "HTTP/1.1 ").compactMap { Int($0.prefix(3)) } }

    /// What was sent behind the head of the last answer.
    var frames: [UInt8] {
        sent.ranges(of: Array("\r\n\r\n".utf8)).last.map { Array(sent[$0.upperBound...]) } ?? []
    }

    var isReadable: Bool { !connection.isClosed && !isPaused && (hasEnd || !arrived.isEmpty) }
    var isWritable: Bool { !connection.isClosed && !connection.output.isEmpty }
    var isReplyDue: Bool { connection.state == .inHand }
    var isStreamDue: Bool { isReplyDue && current.contains("/stream") }
    var isUpgradeDue: Bool { isReplyDue && handshake != nil }

    // MARK: - The peer

    /// The text comes, and everything happens that needs neither time nor the test's reply.
    mutating func send(_ text: String) {
        arrive(text)
        run()
    }

    mutating func send(bytes: [UInt8]) {
        arrive(bytes: bytes)
        run()
    }

    /// The text comes and waits to be read.
    mutating func arrive(_ text: String) { arrive(bytes: Array(text.utf8)) }

    mutating func arrive(bytes: [UInt8]) { arrived += bytes }

    mutating func finishSending() {
        hasEnd = true
        run()
    }

    mutating func run() {
        while true {
            if isWritable, room > 0 {
                write()
            } else if isReadable {
                readable()
            } else if connection.wantsTurn {
                takeTurn()
            } else {
                return
            }
        }
    }

    // MARK: - Events

    mutating func readable(hungUp: Bool = false) {
        perform(connection.readable(hungUp: hungUp))
        settle()
    }

    mutating func write() {
        take()
        settle()
    }

    mutating func takeTurn() {
        guard let ahead = connection.takeAhead() else { return }
        process(ahead)
        settle()
    }

    mutating func reply(_ response: HTTPResponse = .text(200, "replied")) {
        connection.respond(response, at: now)
        settle()
    }

    mutating func stream() {
        connection.stream(["Cache-Control": "no-store"], at: now)
        settle()
    }

    /// Grants the handshake in hand, if it is one.
    mutating func upgrade() {
        guard let handshake else { return }
        connection.upgrade(handshake, ["Cache-Control": "no-store"], at: now)
        settle()
    }

    mutating func feed(_ text: String) {
        connection.feed(Array(text.utf8))
        settle()
    }

    mutating func endStream() {
        perform(connection.endStream(.normal, at: now))
        settle()
    }

    mutating func drain() {
        perform(connection.drain(at: now))
        perform(connection.closeIfIdle(at: now))
        settle()
    }

    mutating func pass(_ time: Duration) {
        now += time
        perform(connection.timePassed(at: now))
        settle()
    }

    mutating func close() {
        perform(connection.close())
        settle()
    }

    // MARK: - What the connection asks for

    private mutating func settle() {
        if isFull { perform(connection.wrote(0, at: now)) } else { take() }
        isFull = !connection.output.isEmpty
        if connection.isReading { isPaused = false }
        // A plain condition: `#expect` is slow where it is asked a million times.
        if (connection.deadline == nil) != (connection.state == .inHand || connection.isClosed) {
            Issue.record("a connection that waits for its peer waits with a deadline: \(connection.state)")
        }
        if connection.isClosed, !connection.output.isEmpty { Issue.record("a closed connection sends nothing") }
    }

    /// The socket takes what it has room for.
    private mutating func take() {
        let count = min(room, connection.output.count)
        guard !connection.output.isEmpty else { return }
        connection.output.withUnsafeBytes { sent += $0[..<count] }
        perform(connection.wrote(count, at: now))
    }

    private mutating func perform(_ action: HTTPConnection.Action) {
        switch action {
        case .wait: break
        case .read(let size): read(size)
        case .discard(let size):
            let count = min(size, arrived.count)
            arrived.removeFirst(count)
            if count > 0 {
                perform(connection.discarded(count))
            } else if hasEnd {
                perform(connection.inputEnded())
            }
        case .pauseReading: isPaused = true
        case .endOutput: hasEndedOutput = true
        case .timedOut(let timeout): timeouts.append(timeout)
        case .close: break
        case .cutStream: isStreamCut = true
        }
    }

    private mutating func read(_ size: Int) {
        let piece = Array(arrived.prefix(size))
        arrived.removeFirst(piece.count)
        if !piece.isEmpty {
            process(piece)
        } else if hasEnd {
            perform(connection.inputEnded())
        }
    }

    private mutating func process(_ input: [UInt8]) {
        var offset = 0
        while carryOut(connection.next(input.span, &offset, at: now), input) {}
        connection.keep(input.span.extracting(offset..<input.count))
    }

    private mutating func carryOut(_ step: HTTPConnection.Step, _ input: [UInt8]) -> Bool {
        switch step {
        case .wait: return false
        case .decide(let head): return decide(head, input)
        case .bodyFollows: return true
        case .body(let range):
            body += input[range]
            guard current.hasSuffix("/refuse") else { return true }
            requests.append(current)
            connection.respond(.text(503, "refused"), at: now)
            return false
        case .complete:
            requests.append("\(current) \(String(decoding: body, as: UTF8.self))")
            if !current.hasSuffix("/later"), !current.hasSuffix("/stream"), !current.hasSuffix("/socket") {
                connection.respond(.text(200, current), at: now)
            }
            return false
        case .refused(let refusal):
            refusals.append(refusal)
            return false
        }
    }

    private mutating func decide(_ head: HTTPRequestHead, _ input: [UInt8]) -> Bool {
        current = "\(head.method) \(head.path)"
        body = []
        handshake = try? WebSocketHandshake(head) { _ in true }
        guard head.path == "/now" || head.path == "/bad" else {
            return carryOut(connection.receive(head, limit: 1000, at: now), input)
        }
        requests.append(current)
        connection.respond(.text(head.path == "/bad" ? 400 : 200, "at once"), at: now)
        return false
    }
}

extension String {
    static func get(_ path: String, _ lines: String...) -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    /// With a body that may be longer than what has come of it.
    static func post(_ path: String, _ body: String, length: Int? = nil, _ lines: String...) -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(length ?? body.utf8.count)\r\n"
            + lines.map { $0 + "\r\n" }.joined() + "\r\n" + body
    }
}
