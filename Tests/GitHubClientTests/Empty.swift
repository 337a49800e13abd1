import Testing
@testable import GitHubClient
