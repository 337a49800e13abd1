import Database
import Foundation

/// A project's states, in Plane's order.
struct ProjectStates: Sendable {
    struct State: Sendable, Equatable {
        let id: UUID
        let name: String
        let group: String
        let isDefault: Bool
    }

    /// By sequence, without the triage group, because Plane does not list issues in triage.
    var ordered: [State] = []

    func state(_ id: UUID?) -> State? { ordered.first { $0.id == id } }

    /// The state that settings choose; nil when the project has no such state.
    func state(_ choice: StateChoice?) -> State? {
        switch choice {
        case .name(let name): ordered.first { $0.name == name }
        case .group(let group): first(group)
        case nil: nil
        }
    }

    func first(_ group: String) -> State? { ordered.first { $0.group == group } }
}

extension ProjectStates {
    /// Reads the states of each project that the batch is about.
    static func read(_ batch: SyncBatch, _ targets: PullTargets) -> Read<[UUID: ProjectStates]> {
        Read(
            """
            select s.project_id, s.id, s.name, s."group", s."default"
            from public.states as s
            where s.project_id in (
                select project_id
                from github_sync.followers(\(targets.repositoryIDs.union(batch.repositoryIDs).sorted()))
            )
              and s.deleted_at is null
              and s."group" <> 'triage'
            order by s.project_id, s.sequence, s.id
            """
        ) { rows in
            try rows.reduce(into: [:]) { states, row in
                states[try row.get("project_id"), default: ProjectStates()].ordered.append(try State(row: row))
            }
        }
    }
}

extension ProjectStates.State: RowDecodable {
    init(row: Row) throws {
        id = try row.get("id")
        name = try row.get("name")
        group = try row.get("group")
        isDefault = try row.get("default")
    }
}
