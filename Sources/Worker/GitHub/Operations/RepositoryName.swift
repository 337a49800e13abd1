import GitHub

/// `owner/name`, checked to be just that, because it becomes part of addresses.
package struct RepositoryName: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init?(_ fullName: String) {
        guard GitHubRepository.isFullName(fullName) else { return nil }
        description = fullName
    }
}
