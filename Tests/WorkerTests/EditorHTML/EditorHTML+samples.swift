import Foundation
import TestSupport

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

    /// M of what H makes of `markdown`; what it must be is `markdown` itself.
    static func again(_ markdown: String, for target: MarkdownTarget = .sample()) -> String {
        self.markdown(Markdown.html(markdown, in: target.links.context), for: target)
    }
}

extension String {
    /// With spaces for the tabs that indent code: the only change that a round makes.
    var withoutTabs: String { String(decoding: BlockWriter.withoutTabs(Array(utf8)), as: UTF8.self) }
}
