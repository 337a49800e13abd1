import Testing

@testable import Deliveries
@testable import HTTP
@testable import Ingest

@Suite struct DeliveryHeadersTests {
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

    @Test func `an event that is spelled like GitHub's may be repeated, another may not`() throws {
        func headers(_ event: String) throws -> DeliveryHeaders {
            try DeliveryHeaders(["X-GitHub-Event": event, "X-GitHub-Delivery": "d"])
        }
        #expect(try headers("issue_comment2").hasEventName)
        #expect(try !headers("a\"b").hasEventName)
        #expect(try !headers("A").hasEventName)
    }
}
