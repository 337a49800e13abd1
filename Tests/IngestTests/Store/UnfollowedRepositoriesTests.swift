import Testing

@testable import Store

@Suite struct UnfollowedRepositoriesTests {
    @Test func `a repository is written once in an hour, and once in a minute under another name`() {
        let repositories = UnfollowedRepositories()
        let now = ContinuousClock.now
        for second in [0, 1, 59, 3_599] { repositories.note(1, "a/b", at: now + .seconds(second)) }
        repositories.note(2, "a/c", at: now)
        #expect(repositories.take() == [1: "a/b", 2: "a/c"])
        #expect(repositories.take() == [:])

        repositories.note(2, "a/new", at: now + .seconds(59))
        #expect(repositories.take() == [:])
        repositories.note(1, "a/b", at: now + .seconds(3_600))
        repositories.note(2, "a/new", at: now + .seconds(60))
        #expect(repositories.take() == [1: "a/b", 2: "a/new"])
    }

    @Test func `what waits for the database does not grow without end`() {
        let repositories = UnfollowedRepositories()
        for id in Int64(1)...20_000 { repositories.note(id, "a/b") }
        #expect(repositories.take().count == 500)
    }
}
