/// What one server allows its peers: sizes in bytes, times, counts.
package struct HTTPLimits: Sendable {
    /// Request line and header fields together.
    package var headBytes = 32 * 1024
    /// The request line alone.
    package var requestLineBytes = 8 * 1024
    package var fields = 100
    /// All chunk extensions of one request together; they are dropped.
    package var chunkExtensionBytes = 4 * 1024
    /// The trailer of one request; it is dropped.
    package var trailerBytes = 8 * 1024

    /// From the first byte of a request to the end of its head.
    package var headDeadline: Duration = .seconds(5)
    /// A body must end within this time, or else bring `bodyRate` bytes for each second of it, and has as long again.
    ///
    /// A sender that was faster at first may not pause for longer. GitHub itself waits 10 s for the answer.
    package var bodyWindow: Duration = .seconds(5)
    package var bodyRate = 16 * 1024
    /// Without the peer taking more of the answer; the system says so in steps of up to a third of its send buffer,
    /// so an answer that does not fit that buffer must be read at some speed.
    package var writeDeadline: Duration = .seconds(5)
    /// Between requests, and before the first.
    package var idleDeadline: Duration = .seconds(60)
    /// After an answer that closes, what the peer still sends is read and dropped for this long and this many bytes,
    /// so that it gets to read the answer; closing at once would reset the connection under it.
    package var lingerDeadline: Duration = .seconds(2)
    package var lingerBytes = 64 * 1024 * 1024
    /// From the cancellation of `HTTPServer.run()` to its return.
    package var drainDeadline: Duration = .seconds(10)
    /// How exactly deadlines are kept.
    package var tick: Duration = .milliseconds(250)
    /// How long no connection is accepted after the process ran out of file descriptors.
    package var acceptBackOff: Duration = .milliseconds(100)

    /// How often a stream of events gets a comment, so that proxies keep it and a client that has gone is noticed.
    package var streamComment: Duration = .seconds(15)
    /// From a ping, which a WebSocket gets instead of a comment, to the client's pong.
    package var pongDeadline: Duration = .seconds(10)
    /// Streams and WebSockets of all connections together; one more is answered 503.
    package var streams = 256

    package var requestsPerConnection = 10_000
    package var connections = 10_000
    /// Per IPv4 address or IPv6 /64; trusted proxies are exempt.
    package var connectionsPerAddress = 256
    /// Peers whose X-Forwarded-For is believed.
    package var trustedProxies: [IPNetwork] = []

    package init() {}

    var bodyBytesPerWindow: Int { max(1, Int(Double(bodyRate) * (bodyWindow / .seconds(1)))) }
}
