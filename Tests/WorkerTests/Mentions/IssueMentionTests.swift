import Testing

@testable import Sync
@testable import Text
@testable import Worker

/// The mentions as text: `octo/hello#1` is named, `!octo/hello#1` closed.
func mentions(title: String = "", body: String = "", branch: String = "") -> String {
    IssueMention.all(title: title, body: body, branch: branch, repository: "Octo/Hello").map { mention in
        let closing = mention.closes ? "!" : ""
        return switch mention.target {
        case .github(let repository, let number): "\(closing)\(repository)#\(number)"
        case .plane(let identifier, let number): "\(closing)\(identifier)-\(number)"
        }
    }
    .joined(separator: " ")
}

@Suite struct IssueMentionTests {
    @Test(arguments: [
        ("Fixes #12", "!octo/hello#12"),
        ("close #1 closes #2 closed #3", "!octo/hello#1 !octo/hello#2 !octo/hello#3"),
        ("fix #1 fixes #2 fixed #3", "!octo/hello#1 !octo/hello#2 !octo/hello#3"),
        ("resolve #1 resolves #2 resolved #3", "!octo/hello#1 !octo/hello#2 !octo/hello#3"),
        ("CLOSES: #1, Fixes:\t#2", "!octo/hello#1 !octo/hello#2"),
        ("Fixes #1, #2", "!octo/hello#1 octo/hello#2"),
        ("fixes #1, fixes #2", "!octo/hello#1 !octo/hello#2"),
        ("Fixes #1 and #2", "!octo/hello#1 octo/hello#2"),
        ("closes World/X.y_z-#12", "!world/x.y_z-#12"),
        ("closes World/X.y_z#12", "!world/x.y_z#12"),
        ("closes Ada_Acme/hello#12", "!ada_acme/hello#12"),
        ("closes https://github.com/ada_acme/hello/issues/12", "!ada_acme/hello#12"),
        ("fixes GH-12", "!GH-12"),
        ("Fixes\n#12", "!octo/hello#12"),
        ("Fixes\n\n#12", "octo/hello#12"),
        ("Fixes:\n- #1\n- closes #2", "octo/hello#1 !octo/hello#2"),
        ("**Fixes** #12", "!octo/hello#12"),
        ("**Fixes:** *#12*", "!octo/hello#12"),
        ("**Fixes**: GH-12", "!GH-12"),
        ("(fixes #12)", "!octo/hello#12"),
        ("修复，fixes #12", "!octo/hello#12"),
        ("See #3. Then it fixes #3, and #3", "!octo/hello#3"),
        ("## Closes #4", "!octo/hello#4"),
        ("- [x] closes #4", "!octo/hello#4"),
        ("|a|b|\n|-|-|\n|fixes #1|#2|\n|fixes|#3|", "!octo/hello#1 octo/hello#2 octo/hello#3"),
        ("fix &#35;12 &num;13", "!octo/hello#12 octo/hello#13"),
    ])
    func `a closing keyword closes what it stands before`(body: String, expected: String) {
        #expect(mentions(body: body) == expected)
    }

    @Test(arguments: [
        "Fixes#12", "prefixes #12", "préfixes #12", "_fixes #12", "un-fixes #12", "fixing #12", "fixs #12",
        "Fixes issue #12",
        "fixes, #12", "fixes (#12)", "fixes :#12", "fixes : #12", "fixes:: #12", "fixes; #12", "to fix: see #12",
        "Fixes `x` #12",
        "Fixes ![x](y.png) #12", "Fixes @x #12", "`Fixes` #12", "> Fixes\n\n#12", "# Fixes\n#12", "fixes\u{A0}#12",
        "fixes &lt;!-- --> #12", "closesd #12", "#12 fixes", "/close #12", "fixes <img src=x> #12", "<p>Fixes</p> #12",
    ])
    func `what only looks like a closing keyword closes nothing`(body: String) {
        #expect(["octo/hello#12", ""].contains(mentions(body: body)), "\(mentions(body: body))")
    }

    @Test(arguments: [
        ("https://github.com/o/R/issues/12", "o/r#12"),
        ("http://www.github.com/o/r/pull/12.", "o/r#12"),
        ("HTTPS://GitHub.com/O/r/Issues/12", "o/r#12"),
        ("www.github.com/o/r/issues/12", "o/r#12"),
        ("(https://github.com/o/r/issues/12#issuecomment-34)", "o/r#12"),
        ("Resolves https://github.com/o/r/issues/12?x=GH-1&y=(#2), #3", "!o/r#12 octo/hello#3"),
        ("Closes: <https://github.com/o/r/issues/12>", "!o/r#12"),
        ("https://github.com/o/r/pull/12/files", "o/r#12"),
        ("https://github.com/o/_r_/issues/12", "o/_r_#12"),
        ("Fixes [the bug](https://github.com/o/r/issues/12)", "!o/r#12"),
        ("Fixes [#12](https://github.com/octo/hello/issues/12)", "!octo/hello#12"),
        ("[fixes](https://github.com/o/r/issues/1) #2", "o/r#1 !octo/hello#2"),
        ("Fixes **[the bug](https://github.com/o/r/issues/12 \"t\")**", "!o/r#12"),
        ("fixes [bug]\n\n[bug]: https://github.com/o/r/issues/12", "!o/r#12"),
        ("[bug]: https://github.com/o/r/issues/12\n\nunused", ""),
        ("[![badge](x.svg)](https://github.com/o/r/issues/12)", "o/r#12"),
        ("[#13](https://x.y) [#14](x.md)", ""),
        ("Fixes [GH-12](https://plane.x.y/w/browse/GH-12)", "!GH-12"),
        ("https://plane.x.y/?GH-12 https://x.y/#13", ""),
        ("https://github.com/o/r/issues/012 https://github.com/o/r/issues/12a", ""),
        ("https://github.com/o/r/issues/12-x https://github.com/o/r/issues/", ""),
        ("https://github.com/-o/r/issues/1 https://github.com/o/issues/2", ""),
        ("https://github.com.evil.org/o/r/issues/12 https://xgithub.com/o/r/issues/12", ""),
        ("https://user@github.com/o/r/issues/1 https://evil.org/https://github.com/o/r/issues/12", ""),
        ("github.com/o/r/issues/12 ftp://github.com/o/r/issues/12 xhttps://github.com/o/r/issues/12", ""),
        ("https://github.com/o/r/discussions/12 https://github.com/o/r/commit/12", ""),
        ("![x](https://github.com/o/r/issues/12) ![#13 GH-1](x.png)", ""),
    ])
    func `an address of an issue names it`(body: String, expected: String) {
        #expect(mentions(body: body) == expected)
    }

    @Test(arguments: [
        ("GH-12, (AB1-3): A1B2C3D4E5F6-7.", "GH-12 AB1-3 A1B2C3D4E5F6-7"),
        ("gh-12 Gh-12 G-12 1H-12 A1B2C3D4E5F6G-7", ""),
        ("UTF-8-X CVE-2024-1234 ISO-8859.1 GH-12a GH-12_", ""),
        ("XGH-012 GH-0 GH-2147483648 GH-", ""),
        ("x/GH-12 a=GH-12 .GH-12 -GH-12 #GH-12 @GH-12 aGH-12", ""),
        ("修复GH-12的", "GH-12"),
        ("GH-12- GH-13.", "GH-12 GH-13"),
        ("AB-1/x#2", "AB-1 ab-1/x#2"),
        ("GH-1 GH-1 fixes GH-1", "!GH-1"),
        ("#2147483647 #2147483648 #99999999999999999999", "octo/hello#2147483647"),
        ("#012 #0 #12a #12_ a#12 ##12 /#12 &#12 =#12", ""),
        ("#12. #13, (#14) #15-x '#16'", "octo/hello#12 octo/hello#13 octo/hello#14 octo/hello#15 octo/hello#16"),
        ("a/b/c#1 -a/b#1 /b#1 a/#1 a//b#1", ""),
        ("a*b*#12 *a*/b#1", "octo/hello#12"),
        ("\\#12 \\`#13\\`", "octo/hello#12 octo/hello#13"),
        ("a\u{0}#12 #\u{0}13", "octo/hello#13"),
    ])
    func `a number counts where a word can begin and end`(body: String, expected: String) {
        #expect(mentions(body: body) == expected)
    }

    @Test(arguments: [
        ("`#1` ``GH-1 ` fixes #2`` #3", "octo/hello#3"),
        ("```\nfixes #1\n```\nfixes #2", "!octo/hello#2"),
        ("~~~\nfixes #1\n```\nfixes #2", ""),
        ("    fixes #1\n\nfixes #2", "!octo/hello#2"),
        ("- a\n\n      fixes #1", ""),
        ("> fixes #1\nlazy #2\n\n#3", "octo/hello#3"),
        ("> > #1\n>\n> #2", ""),
        ("> [!NOTE]\n> fixes #1", ""),
        ("- > #1\n- #2", "octo/hello#2"),
        ("<!-- fixes #1 -->\nfixes #2 <!-- GH-1\n#3 --> #4", "!octo/hello#2 octo/hello#4"),
        ("<!--\n\nfixes #1\n\n-->\nfixes #2", "!octo/hello#2"),
        ("<!-- never closed\n\nfixes #1", ""),
        ("<a title=\"fixes #1\" href=\"https://github.com/o/r/issues/2\">#3 GH-4</a> #5", "GH-4 octo/hello#5"),
        ("<a name=x>#3</a>", "octo/hello#3"),
        ("<img alt=\"fixes #1\"> <span title='GH-1'>fixes #2</span>", "!octo/hello#2"),
        ("<code>#1</code> <kbd>#2</kbd> #3", "octo/hello#3"),
        ("<pre>\nfixes #1\n</pre>\n#2", "octo/hello#2"),
        ("<pre>\n\n#1\n\n</pre>\n\n#2", "octo/hello#2"),
        ("<blockquote>\n\nfixes #1\n\n</blockquote>\n\nfixes #2", "!octo/hello#2"),
        ("<blockquote>#1<blockquote>#2</blockquote>#3</blockquote>#4", "octo/hello#4"),
        ("- <blockquote>#1\n- #2\n\n#3", "octo/hello#2 octo/hello#3"),
        ("<blockquote>\n\n- </blockquote> #1\n\n#2\n\n</blockquote>\n\n#3", "octo/hello#3"),
        ("<blockquote><pre></blockquote></pre>#1", "octo/hello#1"),
        ("<script>\n#1\n</script>\n#2 <style>#3</style> #4", "octo/hello#2 octo/hello#4"),
        ("<details><summary>fixes #1</summary>\n\nfixes #2\n\n</details>", "!octo/hello#1 !octo/hello#2"),
        ("<table><tr><td>fixes<td>#1</table>", "octo/hello#1"),
        ("<b>fixes</b> <i>#1</i><br>fixes<br>#2", "!octo/hello#1 !octo/hello#2"),
        ("<div>fixes &#35;1", "!octo/hello#1"),
        ("<div title=\"fixes #1", ""),
        ("<p <3 #1", ""),
        ("a < #1", "octo/hello#1"),
    ])
    func `code, quotes, comments and attributes name nothing`(body: String, expected: String) {
        #expect(mentions(body: body) == expected)
    }

    @Test(arguments: [
        ("Fix #12: a crash (GH-3)", "!octo/hello#12 GH-3"),
        ("fix: #12", "!octo/hello#12"),
        ("fix(#12): x", "octo/hello#12"),
        ("Use `#1` and ``a`#2`` like #3", "octo/hello#3"),
        ("Use `#1 and ``#2", "octo/hello#1 octo/hello#2"),
        ("`` ` ``#1`", "octo/hello#1"),
        ("fixes `x` #1", "octo/hello#1"),
        ("> *fixes* <b> #1", "octo/hello#1"),
        ("    Resolve https://github.com/o/r/pull/1, o/x#2", "!o/r#1 o/x#2"),
        ("", ""),
        ("````", ""),
    ])
    func `a title is plain text but for its code`(title: String, expected: String) {
        #expect(mentions(title: title) == expected)
    }

    @Test func `titles come first, then bodies, then branches`() {
        #expect(mentions(title: "#3", body: "#2", branch: "1-x") == "octo/hello#3 octo/hello#2 octo/hello#1")
        #expect(mentions(title: "#3", body: "fixes #3 octo/HELLO#3", branch: "3-x") == "!octo/hello#3")
        #expect(mentions(title: "fixes", body: "#1") == "octo/hello#1")
    }

    @Test func `there are at most a hundred, and those still can be closed`() {
        let numbers = (1...150).map { "#\($0)" }.joined(separator: " ")
        let found = IssueMention.all(title: "", body: numbers + " fixes #1 fixes #150", branch: "", repository: "o/r")
        #expect(found.count == 100)
        #expect(found.first == IssueMention(target: .github(repository: "o/r", number: 1), closes: true))
        #expect(found.last == IssueMention(target: .github(repository: "o/r", number: 100), closes: false))
    }
}
