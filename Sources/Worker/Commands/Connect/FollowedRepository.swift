import GitHub

/// A GitHub repository as Plane's tables keep it.
struct FollowedRepository: Sendable, Equatable {
    /// GitHub's number, which stays when the name changes.
    let id: Int64
    let owner: String
    let name: String

    /// Nil for a name GitHub cannot have given, or too long for the column its address goes to.
    init?(id: Int64, fullName: String) {
        guard id > 0, GitHubRepository.isFullName(fullName) else { return nil }
        let parts = fullName.split(separator: "/")
        self.id = id
        owner = String(parts[0])
        name = String(parts[1])
        guard url.count <= 200 else { return nil }
    }

    var fullName: String { "\(owner)/\(name)" }
    var url: String { "https://github.com/\(fullName)" }
}
