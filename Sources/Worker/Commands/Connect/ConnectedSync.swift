import Base
import Database
import Foundation
import GitHub
import Inspect

extension SyncFilter {
    static let options = [
        .repository,
        Option("--workspace", "SLUG", "which connection, if several projects\nfollow the repository"),
        Option("--project", "IDENTIFIER", "the same: GH in GH-12"),
    ]

    init(_ arguments: Arguments) throws(UsageProblem) {
        self.init(repository: arguments.string("--repository"))
        workspace = arguments.string("--workspace")
        project = arguments.string("--project")
        if let repository, !GitHubRepository.isFullName(repository) {
            throw arguments.invalid("--repository", "owner/name")
        }
    }

    /// The workspace and the project that the operator named, in words.
    var place: String? {
        switch (workspace, project) {
        case (nil, nil): nil
        case (let workspace?, let project?): "\(workspace)/\(project)"
        case (let workspace?, nil): "a project of \(workspace)"
        case (nil, let project?): "a project \(project)"
        }
    }
}

extension Arguments {
    /// The three options that name one connection.
    func connectionName() throws(UsageProblem) -> (workspace: String, project: String, repository: String) {
        (
            try requiredString("--workspace", "the slug of a workspace"),
            try requiredString("--project", "the identifier of a project, such as GH"),
            try requiredString("--repository", "owner/name")
        )
    }
}

extension Connection {
    /// The only connection that passes the filter.
    /// - Throws: `CommandFailure` that lists the candidates when there is none or more than one.
    func connectedSync(_ filter: SyncFilter, of repository: String) throws -> ConnectedSync {
        let found = try connectedSyncs(filter)
        guard found.count != 1 else { return found[0] }
        guard found.isEmpty else {
            throw CommandFailure(
                "\(repository) is connected to \(Self.list(found.map(\.place))): "
                    + "say which with --workspace and --project"
            )
        }
        let elsewhere = try connectedSyncs(SyncFilter(repository: repository))
        guard elsewhere.isEmpty else {
            throw CommandFailure(
                "\(repository) is not connected to \(filter.place ?? "any project"), "
                    + "but to \(Self.list(elsewhere.map(\.place)))"
            )
        }
        let others = Set(try connectedSyncs(SyncFilter(repository: nil)).map(\.repository)).sorted()
        throw CommandFailure(
            "no project follows \(repository); "
                + (others.isEmpty ? "plane-worker connect lets one" : "connected are: \(Self.list(others))")
        )
    }

    /// Locks all connections of the repository: nobody else can change their settings or end one before the transaction
    /// ends.
    ///
    /// One lock would not do, because the rate limit of the repository is computed from the settings of all of them.
    func lockSettings(of sync: ConnectedSync) throws {
        let locked = try run(
            """
            select sync.id
            from public.github_repository_syncs as sync
            join public.github_repositories as repository on repository.id = sync.repository_id
            where repository.repository_id = \(sync.githubID) and sync.deleted_at is null
            order by sync.id
            for no key update of sync
            """
        )
        guard try locked.contains(where: { try $0.get("id", as: UUID.self) == sync.id }) else {
            throw CommandFailure("\(sync.repository) was disconnected from \(sync.place) meanwhile")
        }
    }

    private static func list(_ names: [String]) -> String {
        "\(names.prefix(10).joined(separator: ", "))\(names.count > 10 ? ", …" : "")"
    }
}
