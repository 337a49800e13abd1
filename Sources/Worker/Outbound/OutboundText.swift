import Base
import Database
import Foundation
import GitHub
import Sync
import Text

/// A text as Plane shows it, which belongs on GitHub too.
struct OutboundText: Sendable {
    /// Without the line that names an author on GitHub.
    let html: String
    /// The place on GitHub.
    let context: MarkdownContext

    init(_ html: String, in context: MarkdownContext) {
        self.html = Attribution.removed(from: html) ?? html
        self.context = context
    }

    /// Whether it says what the sync makes of this Markdown, whatever the editor did to its tags.
    func says(_ source: String) -> Bool {
        EditorHTML.fingerprint(html) == EditorHTML.fingerprint(Markdown.html(source, in: context))
    }

    /// GitHub's Markdown with what was changed in Plane; blocks that nobody changed keep their source.
    func markdown(over source: String, for target: MarkdownTarget) -> String {
        EditorHTML.merged(source: source, old: Markdown.html(source, in: context), new: html, for: target)
    }
}

extension OutboundSender {
    /// Where a text will stand, with what is known of the people and issues that it names.
    func target(of text: OutboundText, at place: OutboundPlace) async throws -> MarkdownTarget {
        let users = EditorHTML.mentionedUsers(in: text.html).compactMap { UUID(uuidString: $0) }
        let items = EditorHTML.embeddedWorkItems(in: text.html).compactMap { UUID(uuidString: $0) }
        let (mayNotify, page) = (place.rules.mentions == .logins, page(of: place) ?? "")
        guard !users.isEmpty || !items.isEmpty else {
            return MarkdownTarget(text.context, page: page, mayNotify: mayNotify)
        }
        let (mentioned, issues) = try await connection.run(Person.read(users), Connection.counterparts(of: items))
        var people: [String: MarkdownTarget.Person] = [:]
        for person in mentioned {
            let login = mayNotify ? try await login(of: person, in: place.repository) : nil
            people[person.id.text] = MarkdownTarget.Person(login: login, displayName: person.name)
        }
        return MarkdownTarget(text.context, page: page, mayNotify: mayNotify, people: people, workItems: issues)
    }
}

extension Connection {
    /// The issues on GitHub for issues in Plane.
    fileprivate static func counterparts(of issues: [UUID]) -> Read<[String: MarkdownTarget.WorkItem]> {
        Read(
            """
            select v.issue_id, v.number, r.owner || '/' || r.name as repository
            from github_sync.github_issue_versions as v
            inner join public.github_repository_syncs as s on s.id = v.repository_sync_id and s.deleted_at is null
            inner join public.github_repositories as r on r.id = s.repository_id and r.deleted_at is null
            where v.issue_id = any(\(issues)) and v.number is not null and v.deleted_at is null
            """
        ) { rows in
            try rows.reduce(into: [:]) { items, row in
                let id: UUID = try row.get("issue_id")
                items[id.text] = .issue(repository: try row.get("repository"), number: try row.get("number"))
            }
        }
    }
}
