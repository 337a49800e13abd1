import HTTP
import TestSupport
import Testing

@Suite struct HTTPParserTests {
    @Test(arguments: HTTPVector.all)
    func `each rule holds`(vector: HTTPVector) {
        let run = ParserRun(vector.bytes)
        switch vector.outcome {
        case .accepted(let bodies):
            #expect(run.refusal == nil)
            #expect(run.requests.map(\.body) == bodies.map { Array($0.utf8) })
            #expect(run.isComplete)
        case .refused(let refusal):
            #expect(run.refusal == refusal)
            #expect(run.requests.isEmpty)
        case .incomplete:
            #expect(run.refusal == nil)
            #expect(run.requests.isEmpty)
            #expect(!run.isComplete)
        }
    }

    @Test(arguments: HTTPVector.all)
    func `the same bytes give the same requests however they are cut`(vector: HTTPVector) {
        let whole = ParserRun(vector.bytes)
        // Byte by byte is slow for the bombs, and their cuts below are enough.
        if vector.bytes.count < 50_000 {
            #expect(ParserRun(vector.bytes, cuts: Array(1..<vector.bytes.count)) == whole)
        }
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20 {
            let cuts = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                Int.random(in: 0...vector.bytes.count, using: &generator)
            }
            #expect(ParserRun(vector.bytes, cuts: cuts.sorted()) == whole, "cuts \(cuts.sorted())")
        }
    }

    @Test func `a head says what came`() throws {
        let bytes = Array(
            """
            POST http://plane.example/api/hook/?a=1&b=%20?c HTTP/1.1\r
            Host: plane.example\r
            X-GitHub-Event: issues\r
            x-twice: 1\r
            X-Twice:  2 \r
            Content-Length: 3\r
            \r\n
            """.utf8
        )
        let head = try Self.head(bytes)
        #expect(head.method == "POST")
        #expect(head.target == "http://plane.example/api/hook/?a=1&b=%20?c")
        #expect(head.path == "/api/hook/")
        #expect(head.query == "a=1&b=%20?c")
        #expect(head.version == .http11)
        #expect(head.contentLength == 3)
        #expect(head.hasBody)
        #expect(head.peer == "192.0.2.1")
        #expect(head.fields.count == 5)
        #expect(head.fields.first("x-github-event") == "issues")
        #expect(head.fields.all("X-TWICE") == ["1", "2"])
        #expect(head.fields.first("x-github") == nil)
    }

    @Test(
        arguments: [
            ("/", "/", nil), ("/a?", "/a", ""), ("/?/b", "/", "/b"), ("//a", "//a", nil), ("http://a", "/", nil),
            ("http://a?x", "/", "x"), ("HTTPS://[::1]:1/y", "/y", nil),
        ] as [(String, String, String?)]
    )
    func `a target is a path and a query`(target: String, path: String, query: String?) throws {
        let head = try Self.head(Array("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(head.path == path)
        #expect(head.query == query)
        #expect(head.contentLength == nil)
    }

    @Test func `a request line may be as long as the limit and no longer`() {
        let limit = HTTPLimits().requestLineBytes
        let longest = "GET /" + String(repeating: "a", count: limit - 16) + " HTTP/1.1\r\n"
        #expect(longest.utf8.count == limit)
        #expect(ParserRun(Array((longest + "Host: a\r\n\r\n").utf8)).requests.count == 1)
        let longer = longest.replacing("GET /", with: "GET /a") + "Host: a\r\n\r\n"
        #expect(ParserRun(Array(longer.utf8)).refusal == .targetTooLong)
    }

    @Test func `a head may be as large as the limit and no larger`() {
        let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
        let fill = String(repeating: "a", count: HTTPLimits().headBytes - start.utf8.count - 4)
        #expect(ParserRun(Array((start + fill + "\r\n\r\n").utf8)).requests.count == 1)
        #expect(ParserRun(Array((start + fill + "a\r\n\r\n").utf8)).refusal == .headTooLarge)
    }

    @Test func `a body of exactly the limit passes, declared and in chunks`() {
        let body = String(repeating: "x", count: 1000)
        let declared = HTTPVector.post("", ["Content-Length: 1000"], body, .incomplete)
        #expect(ParserRun(declared.bytes).requests.map(\.body.count) == [1000])
        let chunks = HTTPVector.chunks("", "3E8\r\n\(body)\r\n0\r\n\r\n", .incomplete)
        #expect(ParserRun(chunks.bytes).requests.map(\.body.count) == [1000])
    }

    @Test func `body bytes pass through without being kept`() {
        var parser = HTTPParser(limits: HTTPLimits(), peer: "")
        let head = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n".utf8)
        var offset = 0
        guard case .head = parser.next(head.span, &offset) else { return #expect(Bool(false), "no head") }
        #expect(throws: Never.self) { try parser.admitBody(limit: 900) }
        let piece = [UInt8](repeating: 0, count: 300)
        for left in [600, 300, 0] {
            offset = 0
            guard case .body(0..<300) = parser.next(piece.span, &offset) else { return #expect(Bool(false), "no body") }
            #expect(parser.bodyBytesExpected == left)
        }
        offset = 0
        let nothing: [UInt8] = []
        guard case .end = parser.next(nothing.span, &offset) else { return #expect(Bool(false), "no end") }
        #expect(parser.isBetweenRequests)
    }

    @Test func `every refusal has an error status, a code of its own and a sentence`() {
        for refusal in HTTPRefusal.allCases {
            #expect((400...505).contains(refusal.status))
            #expect(refusal.detail.hasSuffix("."))
        }
        #expect(HTTPRefusal.targetTooLong.status == 414)
        #expect(HTTPRefusal.tooManyFields.status == 431)
        #expect(HTTPRefusal.headTooLarge.status == 431)
        #expect(HTTPRefusal.version.status == 505)
        #expect(HTTPRefusal.expectation.status == 417)
        #expect(HTTPRefusal.contentEncoding.status == 415)
        #expect(HTTPRefusal.bodyTooLarge.status == 413)
        #expect(HTTPRefusal.unknownTransferEncoding.status == 501)
    }

    private static func head(_ bytes: [UInt8]) throws -> HTTPRequestHead {
        var parser = HTTPParser(limits: HTTPLimits(), peer: "192.0.2.1")
        var offset = 0
        guard case .head(let head) = parser.next(bytes.span, &offset) else { throw NoHead() }
        #expect(offset == bytes.count)
        return head
    }

    private struct NoHead: Error {}
}
