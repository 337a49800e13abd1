import Testing

@testable import Database
@testable import HTTP

@Suite struct HTTPResponseTests {
    @Test func `an answer is written with its length`() {
        #expect(
            Self.wire(.text(200, "héllo")) == """
                HTTP/1.1 200 OK\r
                Content-Type: text/plain; charset=utf-8\r
                X-Content-Type-Options: nosniff\r
                Content-Length: 6\r
                \r
                héllo
                """
        )
    }

    @Test func `an answer that closes says so, and 204 has no length`() {
        #expect(
            Self.wire(HTTPResponse(status: 204), closing: true) == """
                HTTP/1.1 204 No Content\r
                X-Content-Type-Options: nosniff\r
                Connection: close\r
                \r\n
                """
        )
    }

    @Test func `JSON is encoded with its keys in order`() throws {
        let response = try HTTPResponse.json(202, ["b": "x/y", "a": "1"])
        #expect(String(decoding: response.body, as: UTF8.self) == #"{"a":"1","b":"x/y"}"#)
        #expect(response.fields.first("content-type") == "application/json")
    }

    @Test func `an error is an error code and a sentence, whatever they hold`() {
        let response = HTTPResponse.error(400, code: "bad", detail: "a \"b\" \\ \n é.")
        #expect(response.status == 400)
        #expect(String(decoding: response.body, as: UTF8.self) == #"{"error":"bad","detail":"a \"b\" \\   é."}"#)
    }

    @Test func `a value cannot end its line`() {
        var response = HTTPResponse(status: 200, fields: ["Location": "/a\r\nSet-Cookie: b=c"])
        response.fields.append("X\r\nY: 1", "2")
        let text = Self.wire(response)
        #expect(text.contains("Location: /a  Set-Cookie: b=c\r\n"))
        #expect(text.contains("\r\nX--Y--1: 2\r\n"))
        #expect(!text.contains("\r\nSet-Cookie"))
    }

    private static func wire(_ response: HTTPResponse, closing: Bool = false) -> String {
        var bytes: [UInt8] = []
        response.write(to: &bytes, withBody: true, closing: closing)
        return String(decoding: bytes, as: UTF8.self)
    }
}
