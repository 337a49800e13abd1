import Testing

@testable import Dashboard

@Suite struct HTMLTests {
    @Test func `text is escaped, and what is written as markup is not`() {
        let text = #"<a href="x">'&'</a>"#
        let html: HTML = "<b title=\"\(text)\">\(text)</b>"
        let escaped = "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;"
        #expect(String(decoding: html.bytes, as: UTF8.self) == "<b title=\"\(escaped)\">\(escaped)</b>")
    }

    @Test func `parts are put in as they are, and missing ones are nothing`() {
        let part: HTML = "<i>\("&")</i>"
        let none: HTML? = nil
        let name: String? = nil
        let html: HTML = "\(part)\(none)\(name)\([part, part])\(7)\(" x", when: false)\(" y", when: true)"
        #expect(html == "<i>&amp;</i><i>&amp;</i><i>&amp;</i>7 y")
    }

    @Test func `characters that turn or hide text show as escapes`() {
        let html: HTML = "\("a\u{202E}b\u{0}c\u{7F}")"
        #expect(html == "a\\u202eb\\u0000c\\u007f")
    }

    @Test(arguments: [
        ("https://github.com/a/b", true), ("http://github.example", true), ("javascript:alert(1)", false),
        ("data:text/html,x", false), ("//evil.example", false), (" https://github.com", false),
    ])
    func `only addresses of the web become links`(_ address: String, _ isLink: Bool) {
        #expect((HTML.external(address, "x") == "x") == !isLink)
    }

    @Test func `a query's values are percent-encoded`() {
        let query = LinkQuery(["a": "x&y=z #ü", "b": nil])
        #expect(query.text == "?a=x%26y%3Dz%20%23%C3%BC")
        #expect(query.with("a", nil).text == "")
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-5_000, "−5,000")])
    func `large numbers are grouped`(_ number: Int, _ text: String) { #expect(Number.grouped(number) == text) }

    @Test(arguments: [
        (0, "0 ms"), (0.0124, "12 ms"), (0.9996, "1.0 s"), (9.94, "9.9 s"), (12.3, "12 s"), (60, "1 min"),
        (7_300, "2 h"), (180_000, "2 d"), (-3, "0 ms"),
    ])
    func `stretches of time are in their largest unit`(_ seconds: Double, _ text: String) {
        #expect(Number.duration(seconds) == text)
    }
}
