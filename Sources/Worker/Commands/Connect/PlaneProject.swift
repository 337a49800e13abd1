import Database
import Foundation

/// A project that a repository can be connected to.
struct PlaneProject: RowDecodable, Equatable {
    let id: UUID
    let identifier: String
    let workspaceID: UUID
    let workspaceSlug: String
    let isArchived: Bool
    /// Whether it has a state an issue can be in: any but those of group triage.
    let hasState: Bool

    init(row: Row) throws {
        id = try row.get("id")
        identifier = try row.get("identifier")
        workspaceID = try row.get("workspace_id")
        workspaceSlug = try row.get("slug")
        isArchived = try row.get("is_archived")
        hasState = try row.get("has_state")
    }
}

extension Connection {
    /// The project that a repository is to be connected to.
    /// - Throws: `CommandFailure` with the projects there are, or with what must be done in Plane first.
    func project(_ identifier: String, inWorkspace slug: String) throws -> PlaneProject {
        guard let workspaceID = try workspaceID(slug) else {
            throw CommandFailure("no workspace has the slug '\(slug)'; \(Self.list(try workspaceSlugs()))")
        }
        guard let project = try project(identifier, in: workspaceID) else {
            let others = Self.list(try projectIdentifiers(in: workspaceID))
            throw CommandFailure("no project in workspace \(slug) has the identifier '\(identifier)'; \(others)")
        }
        guard !project.isArchived else {
            throw CommandFailure("project \(project.identifier) is archived: restore it in Plane, then connect again")
        }
        guard project.hasState else {
            throw CommandFailure(
                "project \(project.identifier) has no state an issue could be in (all are in the triage group): "
                    + "add one in Plane, project settings, States, then connect again"
            )
        }
        return project
    }

    private func workspaceID(_ slug: String) throws -> UUID? {
        try run("select id from public.workspaces where slug = \(slug) and deleted_at is null").first?.get("id")
    }

    /// Plane writes identifiers in capitals; people type them as they like.
    private func project(_ identifier: String, in workspaceID: UUID) throws -> PlaneProject? {
        try run(
            """
            select
                project.id, project.identifier, project.workspace_id, workspace.slug,
                project.archived_at is not null as is_archived,
                exists (
                    select from public.states as state
                    where state.project_id = project.id and state.deleted_at is null and state."group" <> 'triage'
                ) as has_state
            from public.projects as project
            join public.workspaces as workspace on workspace.id = project.workspace_id
            where project.workspace_id = \(workspaceID) and upper(project.identifier) = upper(\(identifier))
                and project.deleted_at is null
            order by project.identifier = \(identifier) desc
            limit 1
            """,
            as: PlaneProject.self
        ).first
    }

    /// How many names a message shows; one more is read, to tell whether there are more.
    private static let shown = 10

    private func workspaceSlugs() throws -> [String] {
        try run(
            "select slug from public.workspaces where deleted_at is null order by slug limit \(Self.shown + 1)"
        ).map { try $0.get("slug") }
    }

    private func projectIdentifiers(in workspaceID: UUID) throws -> [String] {
        try run(
            """
            select identifier from public.projects
            where workspace_id = \(workspaceID) and deleted_at is null and archived_at is null
            order by identifier
            limit \(Self.shown + 1)
            """
        ).map { try $0.get("identifier") }
    }

    private static func list(_ names: [String]) -> String {
        guard !names.isEmpty else { return "there is none at all" }
        return "there are: \(names.prefix(shown).joined(separator: ", "))\(names.count > shown ? ", …" : "")"
    }
}
