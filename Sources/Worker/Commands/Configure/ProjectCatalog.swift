import Database
import Foundation
import Inspect
import Sync

/// The states and labels of a project, which its settings may name.
struct ProjectCatalog: Sendable, Equatable {
    struct State: RowDecodable, Equatable {
        let name: String
        let group: String

        init(row: Row) throws {
            name = try row.get("name")
            group = try row.get("group")
        }
    }

    /// Plane's groups of states that issues can be in.
    static let groups = ["backlog", "unstarted", "started", "completed", "cancelled"]

    /// In Plane's order, without the triage group.
    let states: [State]
    let labels: [String]

    /// The name as Plane has it: the same name, else the only one that differs just in case.
    static func name(_ wanted: String, in names: [String]) -> String? {
        if let exact = names.first(where: { $0.utf8.elementsEqual(wanted.utf8) }) { return exact }
        let similar = names.filter { $0.lowercased() == wanted.lowercased() }
        return similar.count == 1 ? similar[0] : nil
    }
}

extension Connection {
    func catalog(of projectID: UUID) throws -> ProjectCatalog {
        let states = try run(
            """
            select name, "group" from public.states
            where project_id = \(projectID) and deleted_at is null and "group" <> 'triage'
            order by sequence, id
            """,
            as: ProjectCatalog.State.self
        )
        let labels: [String] = try run(
            "select name from public.labels where project_id = \(projectID) and deleted_at is null order by name"
        ).map { try $0.get("name") }
        return ProjectCatalog(states: states, labels: labels)
    }

    /// The issue of the project that becomes the parent of new issues, named as in `GH-12`.
    func parentIssue(_ name: String, of sync: ConnectedSync) throws -> NewIssueDefaults.Named {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == sync.project.lowercased(), let number = Int(parts[1]) else {
            throw CommandFailure(
                "--new-parent is '\(name)', expected an issue of \(sync.place), as in \(sync.project)-12"
            )
        }
        let rows = try run(
            """
            select id from public.issues
            where project_id = \(sync.projectID) and sequence_id = \(number) and deleted_at is null
                and archived_at is null and not is_draft
            """
        )
        guard let row = rows.first else {
            throw CommandFailure("--new-parent is '\(name)', but \(sync.place) has no such issue, or it is archived")
        }
        return .init(id: try row.get("id"), name: "\(sync.project)-\(number)")
    }

    /// The module that new issues go to.
    func module(_ name: String, of sync: ConnectedSync) throws -> NewIssueDefaults.Named {
        let modules = try run(
            """
            select id, name from public.modules
            where project_id = \(sync.projectID) and deleted_at is null and archived_at is null
            order by name
            """
        ).map { NewIssueDefaults.Named(id: try $0.get("id"), name: try $0.get("name")) }
        let names = modules.map(\.name)
        guard let found = ProjectCatalog.name(name, in: names), let module = modules.first(where: { $0.name == found })
        else {
            let list = names.isEmpty ? "it has none" : "there are: \(names.joined(separator: ", "))"
            throw CommandFailure("--new-module is '\(name)', expected a module of \(sync.place); \(list)")
        }
        return module
    }
}
