import Base
import Inspect
import Testing

@testable import Dashboard

@Suite struct EventSearchTests {
    @Test(arguments: [
        ("72D3162E-CC78-11E3-81AB-4C9367DC0958", EventSearch.Box.id("72d3162e-cc78-11e3-81ab-4c9367dc0958")),
        ("#12", .issue(.number(12))), ("octo-demo/hello#7", .issue(.gitHub(repository: "octo-demo/hello", number: 7))),
        ("gh-12", .issue(.plane(project: "gh", number: 12))), ("octo-demo/hello", .repository("octo-demo/hello")),
        ("octocat", .login("octocat")), ("@octocat", .login("octocat")),
        ("dependabot[bot]", .login("dependabot[bot]")),
    ])
    func `the box understands what people have at hand`(_ text: String, _ box: EventSearch.Box) {
        #expect(EventSearch.Box(text) == box)
    }

    @Test(arguments: ["#0", "#x", "a b", "a/b/c", "<script>", "octo#", "'; drop table", "#12#13", "ä"])
    func `other texts are refused`(_ text: String) { #expect(EventSearch.Box(text) == nil) }

    @Test func `the address of a list says what it shows`() throws {
        let fields = ["q": "#12", "status": "failed", "since": "24h", "error": "dead lock"]
        let search = try EventSearch { fields[$0] }
        #expect(search.query.text == "?q=%2312&status=failed&since=24h&error=dead%20lock")
        #expect(!search.isEverything)
        #expect(try EventSearch { _ in nil }.isEverything)
        #expect(throws: PageProblem.self) { try EventSearch { $0 == "status" ? "gone" : nil } }
    }
}
