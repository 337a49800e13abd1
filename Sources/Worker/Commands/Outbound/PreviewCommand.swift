import Base
import Database
import Deliveries
import Foundation
import GitHubClient
import Inspect
import JSON
import Outbound
import Sync

/// Shows what would be sent to GitHub for an issue.
struct PreviewCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "preview",
        summary: "show what would be sent to GitHub for an issue",
        usage: "ISSUE [--json]",
        positional: "ISSUE",
        options: [.json],
        details: [
            "ISSUE is as in GH-12. Compares both sides and sends nothing: what would be",
            "changed, and the Markdown of a text that would be sent; also of the comments",
            "that wait. It reads GitHub in the name of the operator.",
            "",
            "Keys with --json: previews (list of kind, place, words (list), markdown).",
        ],
        example: ["plane-worker preview GH-12"],
        variables: CommandHelp.gitHubVariables
    )

    let issue: String
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        guard arguments.positionals.count == 1 else {
            throw arguments.problem("expected one ISSUE, as in GH-12, found \(arguments.positionals.count) words")
        }
        issue = arguments.positionals[0]
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        guard let client = try context.environment.gitHubClient(sharing: connection) else {
            throw Environment.Problem.noGitHubClient(for: Self.help.name)
        }
        let pages = try PlanePages(context.environment)
        let sender = OutboundSender(client, connection, ids: EventIDGenerator(), pages: pages, log: Log(level: .error))
        var previews: [(PlaneMark.Kind, OutboundPreview)] = []
        for object in try await connection.objects(of: issue) {
            do {
                let preview = try await sender.preview(object.kind, object.id, in: object.repositorySyncID)
                if let preview { previews.append((object.kind, preview)) }
            } catch let error as GitHubError {
                throw CommandFailure("\(issue): \(error)")
            }
        }
        if json {
            let list = previews.map { kind, preview in preview.json(kind) }
            return try context.output.print(.object(["previews": .array(list)]))
        }
        guard !previews.isEmpty else {
            return try context.output.print(try await connection.reasonsWhyNothingIsSent(for: issue))
        }
        for (_, preview) in previews {
            try context.output.print(["\(preview.place): \(preview.words.joined(separator: ", "))"])
            if let markdown = preview.markdown { try context.output.print(["", markdown, ""]) }
        }
    }
}

extension OutboundPreview {
    fileprivate func json(_ kind: PlaneMark.Kind) -> JSONValue {
        .object([
            "kind": .string(kind.rawValue), "place": .string(place), "words": .strings(words),
            "markdown": markdown.map(JSONValue.string),
        ])
    }
}

extension Connection {
    fileprivate struct Object: RowDecodable, Sendable {
        let kind: PlaneMark.Kind
        let id: UUID
        let repositorySyncID: UUID

        init(row: Row) throws {
            kind = try row.get("kind")
            id = try row.get("id")
            repositorySyncID = try row.get("repository_sync_id")
        }
    }

    /// An issue with its comments that wait, once for each connection of its project.
    fileprivate func objects(of issue: String) throws -> [Object] {
        try run(
            """
            select 'issue' as kind, i.id, s.id as repository_sync_id
            from public.issues as i
            inner join public.projects as p on p.id = i.project_id
            inner join public.github_repository_syncs as s on s.project_id = p.id and s.deleted_at is null
            where lower(p.identifier || '-' || i.sequence_id) = lower(\(issue))
            union all
            select 'comment', c.id, o.repository_sync_id
            from github_sync.github_outbound as o
            inner join public.issue_comments as c on c.id = o.plane_id
            inner join public.issues as i on i.id = c.issue_id
            inner join public.projects as p on p.id = i.project_id
            where o.kind = 'comment' and o.status <> 'completed'
                and lower(p.identifier || '-' || i.sequence_id) = lower(\(issue))
            """,
            as: Object.self
        )
    }
}
