import Testing

@testable import Text
@testable import Worker

@Suite struct BareAddressTests {
    @Test(arguments: [
        "http://localhost:3000/login", "https://build-server/job/3", "https://例え.jp/ä", "https://हिन्दी.भारत/",
        "http://127.0.0.1/x",
        "http://[::1]:8080/y", "https://x.y/a_(b)", "https://x.y/__init__.py#L3", "https://x.y/a*b*c~~d~~e",
        "HTTPS://X.Y/z",
        "https://x.y/?a=1&amp;b=[2]", "https://x.y/_a/b_", "https://x.y",
    ])
    func `an address with a scheme is a link, whatever its host`(address: String) {
        let url = address.hasSuffix("_") ? String(address.dropLast()) : address
        let html = anchor(url, url) + (url == address ? "" : "_")
        #expect(Markdown.html(address, repository: "octo/hello") == "<p>\(html)</p>")
        #expect(Markdown.html("(**\(address)**).", repository: "octo/hello") == "<p>(<strong>\(html)</strong>).</p>")
        #expect(Markdown.html("<b>\(address)</b>, a", repository: "octo/hello") == "<p><strong>\(html)</strong>, a</p>")
    }

    @Test(arguments: [
        ("see https://x.y/z.", "see \(anchor("https://x.y/z", "https://x.y/z"))."),
        ("(https://x.y/a)", "(\(anchor("https://x.y/a", "https://x.y/a")))"),
        ("(https://x.y/a(b)c)))", "(" + anchor("https://x.y/a(b)c", "https://x.y/a(b)c") + ")))"),
        ("\"https://x.y/a\", b", "\"\(anchor("https://x.y/a", "https://x.y/a"))\", b"),
        ("https://x.y/a?!;:", anchor("https://x.y/a", "https://x.y/a") + "?!;:"),
        ("https://x.y<b>c</b>", anchor("https://x.y", "https://x.y") + "<strong>c</strong>"),
        ("见https://例え.jp。好", "见\(anchor("https://例え.jp", "https://例え.jp"))。好"),
        ("www.x.org/_z_ a", anchor("http://www.x.org/_z", "www.x.org/_z") + "_ a"),
        (
            "me@x.org, mailto:a_b@x.org.",
            "\(anchor("mailto:me@x.org", "me@x.org")), \(anchor("mailto:a_b@x.org", "mailto:a_b@x.org"))."
        ),
        ("a_b@ada_acme.example.", anchor("mailto:a_b@ada_acme.example", "a_b@ada_acme.example") + "."),
    ])
    func `it ends before the punctuation around it`(source: String, html: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(html)</p>")
    }

    @Test(arguments: [
        "[see LINK]", "[LINK]", "LINK]", "“LINK”", "«LINK»", "‘LINK’", "LINK’s", "LINK…", "LINK—or", "LINK – or",
        "\"LINK\"", "见LINK。好", "a LINK, *b*",
    ])
    func `it ends before the quote, bracket or dash behind it`(source: String) {
        for url in ["https://x.y", "http://localhost:3000", "https://x.y/a_b", "http://[::1]:80/a", "https://x.y/[a]"] {
            let html = source.replacing("*b*", with: "<em>b</em>").replacing("LINK", with: anchor(url, url))
            let source = source.replacing("LINK", with: url)
            #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(html)</p>")
            let note = Markdown.html("\(url)[^1]\n\n[^1]: n", repository: "octo/hello")
            #expect(note.hasPrefix("<p>\(anchor(url, url))<sup>[1]</sup></p>"))
        }
    }

    @Test(arguments: [
        ("访问http://localhost:3000即可", "访问LINK即可", "http://localhost:3000"),
        ("https://x.y:80a", "LINKa", "https://x.y:80"),
        ("https://x.y|b", "LINK|b", "https://x.y"), ("https://x.y&b", "LINK&amp;b", "https://x.y"),
        ("https://a_b.c_d:1/_e*f", "LINK", "https://a_b.c_d:1/_e*f"),
    ])
    func `what cannot be in a host does not belong to it`(source: String, html: String, url: String) {
        let html = html.replacing("LINK", with: anchor(url, url))
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(html)</p>")
        #expect(Markdown.html("\(source) *b*", repository: "octo/hello") == "<p>\(html) <em>b</em></p>")
    }

    @Test(arguments: [
        "<ns:url>LINK</ns:url>", "<sitemap:loc>LINK</sitemap:loc>", "<a:b c=\"LINK\"/>", "<item url=\"LINK\"/>",
        "<item>LINK</item>",
    ])
    func `in XML it ends before the tag`(source: String) {
        for url in ["https://x.y", "https://x.y/a_b"] {
            var html: [UInt8] = []
            HTMLEscape.text(Array(source.utf8)[...], into: &html)
            let expected = String(decoding: html, as: UTF8.self).replacing("LINK", with: anchor(url, url))
            let source = source.replacing("LINK", with: url)
            #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(expected)</p>")
        }
    }

    @Test(arguments: [
        ("overview.*x* and *y*", "overview.<em>x</em> and <em>y</em>"),
        ("New.**Bold** text", "New.<strong>Bold</strong> text"),
        ("new.~~old~~", "new.<s>old</s>"), (":/*foo* bar", ":/<em>foo</em> bar"), ("http:/*a* b", "http:/<em>a</em> b"),
        ("awww.*x* a", "awww.<em>x</em> a"),
        ("andrew.van_dyk@x.org", anchor("mailto:andrew.van_dyk@x.org", "andrew.van_dyk@x.org")),
        (
            "octo/view.my_repo#12",
            anchor("https://github.com/octo/view.my_repo/issues/12", "octo/view.my_repo#12")
        ),
    ])
    func `only addresses lose their marks`(source: String, html: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(html)</p>")
    }

    @Test(arguments: [
        "xhttps://x.y", "ftp://x.y/z", "http://", "http:///x", "https://user:pw@", "http://x.y:99999/",
        "https://xn--a/",
        "awww.x.org", "www.", "foo@1.2.3", "a@b", "a@b.c@d", "http://-(", "javascript://x.y",
        "https://user:tok@github.com/a/b.git", "https://user:tok@github.com/octo/hello#12", "https://me@x.org/@ada",
    ])
    func `what is no address stays text`(source: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(source)</p>")
    }

    @Test func `code and links keep theirs`() {
        #expect(Markdown.html("`https://x.y/a_b_`", repository: "octo/hello") == "<p><code>https://x.y/a_b_</code></p>")
        let source = "[https://x.y/_a_](https://x.y/_b_) *c* <https://x.y/_d_>"
        let html =
            "\(anchor("https://x.y/_b_", "https://x.y/_a_")) <em>c</em> \(anchor("https://x.y/_d_", "https://x.y/_d_"))"
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(html)</p>")
    }

    @Test(arguments: [
        "<soap:Envelope xmlns:soap=\"urn:x\"><soap:Body>x</soap:Body></soap:Envelope>", "<std::string>", "<a:b/>",
        "</x:y>",
        "a <ns:tag attr=\"x\"> b", "<config><key:x>1</key:x></config>",
        "see [1]: <soap:Body>", "a [b]: <x:y>",
    ])
    func `tags with a prefix are text`(source: String) {
        var html: [UInt8] = []
        HTMLEscape.text(Array(source.utf8)[...], into: &html)
        let text = String(decoding: html, as: UTF8.self)
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(text)</p>")
        #expect(Markdown.html("`\(source)`", repository: "octo/hello") == "<p><code>\(text)</code></p>")
        #expect(Markdown.html("<div>\n\(source)\n</div>", repository: "octo/hello") == "<p>\(text)</p>")
    }

    @Test func `declarations of XML are text, comments are not`() {
        let html = Markdown.html(
            "<?xml version=\"1.0\"?> <![CDATA[a]]> <!DOCTYPE b> <!-- c -->",
            repository: "octo/hello"
        )
        #expect(html == "<p>&lt;?xml version=\"1.0\"?&gt; &lt;![CDATA[a]]&gt; &lt;!DOCTYPE b&gt;</p>")
        #expect(
            Markdown.html("<mailto:a@b.c> <https://x.y>", repository: "octo/hello").contains("<a href=\"mailto:a@b.c\"")
        )
    }
}
