import HTTP
import Testing

/// What a parser makes of bytes, fed in one way of cutting them.
struct ParserRun: Equatable {
    struct Request: Equatable {
        let line: String
        let path: String
        let query: String?
        let fields: Int
        let body: [UInt8]
    }

    private(set) var requests: [Request] = []
    private(set) var refusal: HTTPRefusal?
    /// Whether the bytes ended between requests.
    private(set) var isComplete = false

    /// Feeds `bytes` in pieces that end at `cuts`, which rise, and at the end.
    ///
    /// A parser that breaks its contract fails the test and is fed no further: what it says next means nothing.
    init(_ bytes: [UInt8], cuts: [Int] = [], limits: HTTPLimits = HTTPLimits(), bodyLimit: Int = 1000) {
        var parser = HTTPParser(limits: limits, peer: "192.0.2.1")
        var head: HTTPRequestHead?
        var body: [UInt8] = []
        var start = 0
        for cut in cuts + [bytes.count] {
            let piece = Array(bytes[start..<cut])
            start = cut
            var offset = 0
            feeding: while true {
                switch parser.next(piece.span, &offset) {
                case .more:
                    guard offset == piece.count else {
                        Self.fail("input was left")
                        return
                    }
                    break feeding
                case .head(let next):
                    guard head == nil else {
                        Self.fail("a head inside a request")
                        return
                    }
                    guard next.hasBody else {
                        requests.append(Request(next, body: []))
                        continue
                    }
                    head = next
                    body = []
                    // The refusal comes again with the next event.
                    try? parser.admitBody(limit: bodyLimit)
                case .body(let range):
                    body += piece[range]
                case .end:
                    guard let whole = head else {
                        Self.fail("an end without a head")
                        return
                    }
                    requests.append(Request(whole, body: body))
                    head = nil
                case .refused(let refusal):
                    self.refusal = refusal
                    // After a refusal nothing more may come out, whatever is fed.
                    let more = Array("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
                    var moreOffset = 0
                    guard case .refused(refusal) = parser.next(more.span, &moreOffset) else {
                        Self.fail("the parser went on after a refusal")
                        return
                    }
                    return
                }
            }
        }
        isComplete = parser.isBetweenRequests && head == nil
    }

    private static func fail(_ contract: Comment) { Issue.record(contract) }
}

extension ParserRun.Request {
    fileprivate init(_ head: HTTPRequestHead, body: [UInt8]) {
        line = "\(head.method) \(head.target) \(head.version.rawValue)"
        path = head.path
        query = head.query
        fields = head.fields.count
        self.body = body
    }
}
