@testable import Text

extension MarkdownTarget {
    /// A text of issue 7 of `octo/hello`, with people and work items that the samples mention.
    static func sample(isPrivate: Bool = false, mayNotify: Bool = true) -> MarkdownTarget {
        MarkdownTarget(
            .sample(isPrivate: isPrivate),
            page: "https://plane.x/w/browse/GH-7/",
            mayNotify: mayNotify,
            people: [
                "u1": Person(login: "octocat", displayName: "Octo Cat"),
                "u2": Person(login: nil, displayName: "Ada *Love_lace*"),
            ],
            workItems: [
                "w1": .issue(repository: "octo/hello", number: 12), "w2": .issue(repository: "octo/world", number: 3),
                "w3": .page(url: "https://plane.x/w/browse/AB-1/", title: "A page [x]"),
            ]
        )
    }
}

extension EditorHTML {
    /// M, the way out.
    static func markdown(_ html: String) -> String { markdown(html, for: .sample()) }
}
