import GitHub

/// Which connections a command is about; nil means any.
struct SyncFilter: Sendable, Equatable {
    var repository: String?
    var workspace: String?
    var project: String?

    static let options = [
        Option("--repository", "OWNER/NAME", "the repository on GitHub"),
        Option("--workspace", "SLUG", "which connection, if several projects\nfollow the repository"),
        Option("--project", "IDENTIFIER", "the same: GH in GH-12"),
    ]

    init(_ arguments: Arguments) throws(UsageProblem) {
        repository = arguments.string("--repository")
        workspace = arguments.string("--workspace")
        project = arguments.string("--project")
        if let repository, !GitHubRepository.isFullName(repository) {
            throw arguments.invalid("--repository", "owner/name")
        }
    }

    init(repository: String?) { self.repository = repository }

    /// Where the operator looked, in words.
    var place: String? {
        switch (workspace, project) {
        case (nil, nil): nil
        case (let workspace?, let project?): "\(workspace)/\(project)"
        case (let workspace?, nil): "a project of \(workspace)"
        case (nil, let project?): "a project \(project)"
        }
    }
}
