import Testing

@testable import Text
@testable import Worker

@Suite struct EmojiTests {
    @Test(arguments: [
        (":tada: Works! :+1:", "🎉 Works! 👍"), (":-1::heart:", "👎❤️"), ("(:rocket:)", "(🚀)"), ("完成:tada:", "完成🎉"),
        ("**:tada:** *:e-mail:*", "<strong>🎉</strong> <em>📧</em>"), ("Done.:tada:", "Done.🎉"), (":tada:!", "🎉!"),
        (":white_check_mark: :woman_technologist: :de:", "✅ 👩‍💻 🇩🇪"), ("<b>:100:</b>", "<strong>💯</strong>"),
        ("[:tada: a](https://x.y)", anchor("https://x.y", "🎉 a")),
        (":white_check_mark:/:x:", "✅/❌"), (":+1:/:-1:/:x:", "👍/👎/❌"), ("/:x:", "/❌"), ("a /:x:", "a /❌"),
        (":tada: #1", "🎉 " + anchor("https://github.com/octo/hello/issues/1", "#1")),
    ])
    func `a name between colons is the character`(source: String, html: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(html)</p>")
    }

    @Test(arguments: [
        "at 10:30:45", "12:100:33", ":no_such_name:", ":octocat:", ": tada:", ":tada", "tada:", "::", ":::", "a:tada:b",
        "a:tada:", ":tada:b",
        "std::key::x", "key::tada::x", "/users/:key:/x", "a/:key:", ":TADA:", "urn:key:1",
    ])
    func `other colons stay`(source: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(source)</p>")
    }

    @Test func `code and addresses have none`() {
        #expect(Markdown.html("`:tada:`", repository: "octo/hello") == "<p><code>:tada:</code></p>")
        #expect(Markdown.html("```\n:tada:\n```", repository: "octo/hello") == "<pre><code>:tada:</code></pre>")
        let address = "https://x.y/:tada:/a"
        #expect(Markdown.html(address, repository: "octo/hello") == "<p>\(anchor(address, address))</p>")
        #expect(Markdown.html("[a](\(address))", repository: "octo/hello") == "<p>\(anchor(address, "a"))</p>")
    }

    @Test func `every name stands for something`() {
        #expect(EmojiNames.values.count == 1_913)
        for (name, character) in EmojiNames.values {
            #expect(String(decoding: character, as: UTF8.self).count == 1, "\(name)")
            #expect(name.utf8.count <= EmojiNames.longest, "\(name)")
        }
    }
}
