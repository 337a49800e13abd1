/// Turns the bytes of one connection into requests: a value without sockets, clocks or any other I/O.
///
/// The caller feeds what arrived, in pieces of any size, and asks for the next event until it needs more. The same
/// bytes give the same events however they were cut. After a refusal nothing more comes out.
package struct HTTPParser: Sendable {
    package enum Event: Sendable {
        /// All input is used up; feed more.
        case more
        /// A whole head. If it `hasBody`, call `admitBody(limit:)` before asking on; if not, the request is complete.
        case head(HTTPRequestHead)
        /// These bytes of the input belong to the body.
        case body(Range<Int>)
        /// The body is complete.
        case end
        case refused(HTTPRefusal)
    }

    enum State: Sendable {
        case requestLine
        case fields
        case headEnd
        case body(remaining: Int)
        case chunk(Chunk)
        case trailers
        case refused(HTTPRefusal)
    }

    let limits: HTTPLimits
    let peer: String
    var state = State.requestLine

    /// The head so far, or one line of a trailer.
    var bytes: [UInt8] = []
    /// Where the current line starts in `bytes`.
    var lineStart = 0
    var slots: [HTTPFields.Slot] = []
    var requestLine: HTTPRequestLine?
    var skippedBlankLine = false

    var bodyLeft = 0
    var extensionsLeft = 0
    var trailersLeft = 0

    package init(limits: HTTPLimits, peer: String) {
        self.limits = limits
        self.peer = peer
    }

    /// Whether no byte of a next request has come.
    package var isBetweenRequests: Bool {
        if case .requestLine = state { bytes.isEmpty && !skippedBlankLine } else { false }
    }

    /// How many of the coming bytes belong to the body for certain; 0 when that is not known.
    package var bodyBytesExpected: Int {
        switch state {
        case .body(let remaining): remaining
        case .chunk(.data(let remaining)): remaining
        default: 0
        }
    }

    /// The next event of `input` from `offset` on, which moves past what was used.
    package mutating func next(_ input: Span<UInt8>, _ offset: inout Int) -> Event {
        do throws(HTTPRefusal) {
            return try advance(input, &offset)
        } catch {
            state = .refused(error)
            bytes = []
            slots = []
            return .refused(error)
        }
    }

    /// Lets the body of the head just read come, up to `limit` bytes.
    package mutating func admitBody(limit: Int) throws(HTTPRefusal) {
        bodyLeft = limit
        if case .body(let remaining) = state, remaining > limit {
            state = .refused(.bodyTooLarge)
            throw .bodyTooLarge
        }
    }

    private mutating func advance(_ input: Span<UInt8>, _ offset: inout Int) throws(HTTPRefusal) -> Event {
        while true {
            switch state {
            case .requestLine:
                guard try readRequestLine(input, &offset) else { return .more }
            case .fields:
                guard try readField(input, &offset) else { return .more }
            case .headEnd:
                return .head(try takeHead())
            case .body(remaining: 0):
                state = .requestLine
                return .end
            case .body(let remaining):
                guard offset < input.count else { return .more }
                let range = offset..<(offset + min(remaining, input.count - offset))
                state = .body(remaining: remaining - range.count)
                offset = range.upperBound
                return .body(range)
            case .chunk(let chunk):
                guard offset < input.count else { return .more }
                if let range = try read(chunk, input, &offset) { return .body(range) }
            case .trailers:
                guard try readTrailer(input, &offset) else { return .more }
            case .refused(let refusal):
                throw refusal
            }
        }
    }
}
