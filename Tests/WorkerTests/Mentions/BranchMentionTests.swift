import Testing

@testable import Worker

@Suite struct BranchMentionTests {
    @Test(arguments: [
        ("12-some-slug", "octo/hello#12"),
        ("octocat/12-some-slug", "octo/hello#12"),
        ("12-2fa-login", "octo/hello#12"),
        ("#12", "octo/hello#12"),
        ("feature/foo#12", "octo/hello#12"),
        ("fix-#12-#13_x", "octo/hello#12 octo/hello#13"),
        ("issue-12", "octo/hello#12"),
        ("issues/12", "octo/hello#12"),
        ("fix/Issue_12-x", "octo/hello#12"),
        ("fixes-issue-12", "octo/hello#12"),
        ("gh-12-slug", "GH-12"),
        ("GH-12", "GH-12"),
        ("octocat/gh-12", "GH-12"),
        ("feature_aB1-3_x", "AB1-3"),
        ("fix-gh-12", "GH-12"),
        ("gh-12/gh-13/14-x", "GH-12 GH-13 octo/hello#14"),
    ])
    func `a branch names an issue`(branch: String, expected: String) {
        #expect(mentions(branch: branch) == expected)
    }

    @Test(arguments: [
        "", "main", "12", "release/12", "release/2024-01-15", "1-2-3", "12-", "12-/x", "x12-y", "x-12-y/#", "#", "#0",
        "#012", "#12x",
        "issue12", "issue-", "issue-012", "issue-12x", "tissue/12", "issue-2147483648", "012-x", "g-12", "gh-012",
        "gh-0", "gh12",
        "abcdefghijklm-1", "gh-99999999999", "é12-x", "/", "-", "gh-", "gh-12x",
    ])
    func `what only looks like an issue is none`(branch: String) {
        #expect(mentions(branch: branch) == "")
    }
}
