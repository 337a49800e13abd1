import Testing

@testable import Text
@testable import Worker

@Suite struct CommitReferenceTests {
    private static let sha = "0123456789abcdef0123456789abcdef01234567"
    private static let server = "https://github.com"

    @Test(arguments: [
        ("SHA", "octo/hello", "SHA"), ("(SHA).", "octo/hello", "SHA"), ("see SHA, or", "octo/hello", "SHA"),
        ("**SHA**", "octo/hello", "SHA"), ("a/b.c_d@SHA", "a/b.c_d", "a/b.c_d@SHA"),
        ("by ada@SHA", "ada/hello", "ada@SHA"),
        ("ada_acme@SHA", "ada_acme/hello", "ada_acme@SHA"),
        ("ada_acme/x@SHA", "ada_acme/x", "ada_acme/x@SHA"),
        ("octo/view.my_repo@SHA", "octo/view.my_repo", "octo/view.my_repo@SHA"),
    ])
    func `a whole SHA is a link to the commit`(source: String, repository: String, text: String) {
        let html = Markdown.html(source.replacing("SHA", with: Self.sha), repository: "octo/hello")
        let link = anchor("\(Self.server)/\(repository)/commit/\(Self.sha)", text.replacing("SHA", with: Self.sha))
        #expect(html.contains(link))
        #expect(html.split(separator: "<a ").count == 2)
    }

    @Test(arguments: [
        "SHA8", "aSHA", "SHA_", "/SHA", "#SHA", "x=SHA", "0123456", "0123456789012345678901234567890123456789",
        "a/b/c@SHA",
        "deadbeefdeadbeefdeadbeefdeadbeefdeadbee",
    ])
    func `what is no whole SHA stays text`(source: String) {
        let text = source.replacing("SHA", with: Self.sha)
        #expect(Markdown.html(text, repository: "octo/hello") == "<p>\(text)</p>")
    }

    @Test func `code and addresses keep theirs`() {
        #expect(Markdown.html("`\(Self.sha)`", repository: "octo/hello") == "<p><code>\(Self.sha)</code></p>")
        let address = "\(Self.server)/a/b/commit/\(Self.sha)"
        #expect(Markdown.html(address, repository: "octo/hello") == "<p>\(anchor(address, address))</p>")
    }

    @Test(arguments: [
        ("@ada_acme", "ada_acme"), ("(@bo-li_acme),", "bo-li_acme"), ("@x_abc.", "x_abc"), ("@octo-cat", "octo-cat"),
    ])
    func `a login may end with the code of a company`(source: String, login: String) {
        #expect(
            Markdown.html(source, repository: "octo/hello").contains(anchor("\(Self.server)/\(login)", "@\(login)"))
        )
    }

    @Test func `so may the owner of a repository`() {
        let link = anchor("\(Self.server)/ada_acme/x/issues/12", "ada_acme/x#12")
        #expect(Markdown.html("ada_acme/x#12", repository: "octo/hello") == "<p>\(link)</p>")
        for other in ["a_b/x#1", "a_b_cde/x#2", "_ada/x#3", "ada_/x#4", "-ada/x#5"] {
            #expect(Markdown.html(other, repository: "octo/hello") == "<p>\(other)</p>")
        }
    }

    @Test(arguments: [
        "@a_b_c", "@ada_", "@ada_acme_x", "@ada_toolongcode", "@_ada", "a@ada_acme", "@ada_acme/x", "@x_y",
    ])
    func `no other underscore is in a login`(source: String) {
        #expect(Markdown.html(source, repository: "octo/hello") == "<p>\(source)</p>")
    }

    @Test func `teams are those of the owner`() {
        let html = Markdown.html("@Octo/core-team, @types/node `@octo/x`", repository: "octo/hello")
        let team = anchor("\(Self.server)/orgs/Octo/teams/core-team", "@Octo/core-team")
        #expect(html == "<p>\(team), @types/node <code>@octo/x</code></p>")
    }
}
