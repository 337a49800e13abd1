import Base
import GitHub

/// Where on GitHub a text of Plane will stand, and what is known there of whom and what it mentions.
package struct MarkdownTarget: Sendable {
    /// A user whom a text mentions.
    package struct Person: Sendable, Hashable {
        /// The login on GitHub, if the user has linked an account.
        let login: String?
        let displayName: String

        package init(login: String?, displayName: String) {
            self.login = login
            self.displayName = displayName
        }
    }

    /// A work item that a text embeds.
    package enum WorkItem: Sendable, Hashable {
        /// The issue `number` of `repository` (`owner/name`) on the same server.
        case issue(repository: String, number: Int64)
        /// A page of Plane, where no issue belongs to it.
        case page(url: String, title: String)
    }

    let links: LinkResolver
    /// The page in Plane of the work item that the text belongs to.
    let page: String
    /// Whether `@login` may stand in the text, which notifies that person.
    let mayNotify: Bool
    /// By user id in lower case.
    let people: [String: Person]
    /// By work item id in lower case.
    let workItems: [String: WorkItem]

    /// The labels of the footnotes of GitHub's source, by the numbers that our renderer gives them.
    var footnotes: [Int: [UInt8]] = [:]
    /// Whether that source defines links, so that any brackets may become one.
    var definesLinks = false

    package init(
        _ context: MarkdownContext,
        page: String,
        mayNotify: Bool = false,
        people: [String: Person] = [:],
        workItems: [String: WorkItem] = [:]
    ) {
        links = LinkResolver(context)
        self.page = page
        self.mayNotify = mayNotify
        self.people = people
        self.workItems = workItems
    }

    /// What our renderer would link the whole of `text` to, as GitHub would.
    func natural(_ text: [UInt8]) -> [UInt8]? {
        guard text.count <= LinkResolver.longest else { return nil }
        var finder = TextFinder(links: links, footnotes: [:], isLinked: false)
        guard case .link(text.indices, let url)? = finder.first(in: text, from: 0) else { return nil }
        return PictureMarkdown.canonical(url)
    }

    /// Where a link to `url` leads, as it can stand in Markdown; nil if it must lead nowhere.
    func link(to url: [UInt8]) -> [UInt8]? { links.resolve(url, for: .link).map(PictureMarkdown.canonical) }
}
