import Testing

@testable import GitHub
@testable import Ingest

@Suite struct FormTests {
    private func payload(_ body: String) throws(Form.Problem) -> String {
        String(decoding: try Form.payload(in: Array(body.utf8)), as: UTF8.self)
    }

    @Test(arguments: [
        ("payload=%7B%22a%22%3A1%7D", "{\"a\":1}"), ("payload=a+b%20c%2Bd", "a b c+d"), ("payload=", ""),
        ("payload", ""), ("payload=a=b=c", "a=b=c"), ("other=1&payload=x&more=%zz", "x"), ("&&payload=x&", "x"),
        ("p%61yload=x", "x"), ("payload=%C3%a9", "é"), ("payload=%25%26%3d", "%&="), ("Payload=1&payload=2", "2"),
    ]) func `the payload is decoded`(_ body: String, payload expected: String) throws {
        #expect(try payload(body) == expected)
    }

    @Test(arguments: ["payload=%", "payload=%7", "payload=%7g", "payload=%%41", "payload=a%2", "%=1&payload=x"])
    func `a broken escape is refused`(_ body: String) {
        #expect(throws: Form.Problem.encoding) { try payload(body) }
    }

    /// GitHub signs the body and not what the header calls it.
    @Test(arguments: [
        "{\"action\":\"opened\"}", "{\"issue\":{\"body\":\"&payload=%7B%7D&\"}}", "{&payload=x",
        " \t\r\n{\"a\":\"&payload=x\"}",
    ])
    func `JSON is never read as a form`(_ body: String) {
        #expect(throws: Form.Problem.json) { try payload(body) }
    }

    @Test(arguments: [
        "", "a=b", "payload=1&payload=2", "payload=1&p%61yload=1", "payloads=1", "%7B=&payload=1&payload=2",
    ])
    func `none and two payloads are refused`(_ body: String) {
        #expect(throws: Form.Problem.field) { try payload(body) }
    }
}
