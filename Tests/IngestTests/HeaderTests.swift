import Testing

@testable import HTTP
@testable import Ingest

@Suite struct HeaderTests {
    @Test(
        arguments: [
            ("application/json", ContentType.json), ("Application/JSON;charset=\"UTF-8\"", .json),
            ("application/json; charset=utf-8", .json), ("application/json ; charset=UTF-8 ; v=1", .json),
            ("application/json;", .json), ("application/x-www-form-urlencoded", .form),
            ("APPLICATION/X-WWW-FORM-URLENCODED; charset=utf-8", .form), ("application/jsonp", nil),
            ("application/vnd.github+json", nil), ("application/xml", nil), ("text/json", nil), ("", nil),
            ("application/json; charset=iso-8859-1", nil), ("application/json; charset=utf-8; charset=latin1", nil),
            ("application/json; charset", nil), ("application/json, text/plain", nil), ("json", nil),
        ] as [(String, ContentType?)]
    ) func `a content type is one of two, in UTF-8`(_ text: String, type: ContentType?) {
        #expect(ContentType(["Content-Type": text]) == type)
    }

    @Test func `no content type and two are none`() {
        #expect(ContentType([:]) == nil)
        #expect(ContentType(["Content-Type": "application/json", "content-type": "application/json"]) == nil)
    }

    @Test(arguments: [
        "/", "/healthz/", "/api/webhooks/github-mcp//", "/api/webhooks/github-mcp/a/b", "/metrics?",
        "/api/webhooks/github-mcp/A", "/api/webhooks/github-mcp/-a", "/api/webhooks/github-mcp/a-",
        "/api/webhooks/github-mcp/a%2f", "/api/webhooks/github-mcpx", "//api/webhooks/github-mcp", "",
    ]) func `other paths are nothing`(_ path: String) {
        #expect(Endpoint(path: path) == nil)
    }

    @Test(arguments: [
        ("/healthz", Endpoint.health), ("/readyz", .readiness), ("/metrics", .metrics),
        ("/api/webhooks/github-mcp", .webhook(source: "")), ("/api/webhooks/github-mcp/", .webhook(source: "")),
        ("/api/webhooks/github-mcp/acme-2", .webhook(source: "acme-2")),
        ("/api/webhooks/github-mcp/acme-2/", .webhook(source: "acme-2")),
    ]) func `a path is one of these`(_ path: String, endpoint: Endpoint) {
        #expect(Endpoint(path: path) == endpoint)
    }

    @Test func `an event that is spelled like GitHub's may be repeated, another may not`() throws {
        func headers(_ event: String) throws -> DeliveryHeaders {
            try DeliveryHeaders(["X-GitHub-Event": event, "X-GitHub-Delivery": "d"])
        }
        #expect(try headers("issue_comment2").hasEventName)
        #expect(try !headers("a\"b").hasEventName)
        #expect(try !headers("A").hasEventName)
    }

    @Test func `the order of checks is content type, header fields, JSON, shape`() {
        func fault(_ fields: HTTPFields, _ body: String) -> Int {
            guard case .answer(let answer) = Verdict(fields, body: Array(body.utf8)) else { return 0 }
            return answer.response.status
        }
        func code(_ fields: HTTPFields, _ body: String) -> Answer.Fault? {
            guard case .answer(.invalid(let fault, _)) = Verdict(fields, body: Array(body.utf8)) else { return nil }
            return fault
        }
        let typed = ("Content-Type", "application/json")
        #expect(fault([:], "{") == 415)
        var fields: HTTPFields = [:]
        fields.append(typed.0, typed.1)
        #expect(code(fields, "{") == .header)
        fields.append("X-GitHub-Event", "issues")
        fields.append("X-GitHub-Delivery", "d")
        #expect(code(fields, "{") == .json)
        #expect(code(fields, "{}") == .payload)
    }
}
