import Base
import Foundation
import GitHub
import JSON
import Synchronization
import TestSupport
import Testing

@testable import GitHubClient

@Suite(.timeLimit(.minutes(10))) struct PagesTests {
    /// The numbers of all issues, page by page.
    private static func numbers(_ pages: Pages<IssueReading>) async throws(GitHubError) -> [[Int64]] {
        var pages = pages
        var numbers: [[Int64]] = []
        while let answer = try await pages.nextPage() {
            numbers.append(answer.content.content?.elements.map(\.issue.number) ?? [])
        }
        return numbers
    }

    @Test(arguments: [false, true]) func `pages follow the links, whatever is in them`(usesCursors: Bool) async throws {
        let gitHub = FakeGitHub()
        gitHub.update { state in
            state.usesCursors = usesCursors
            for number in 1...5 { state.issues[number] = 10 - number }
        }
        try await FakeServer.run(gitHub.handler) { server in
            let client = try GitHubClient.of(server)
            #expect(try await Self.numbers(client.issues(in: .hello)) == [[5, 4], [3, 2], [1]])
            let targets = server.requests.map(\.target)
            #expect(targets[0] == "/repos/octo/hello/issues?state=all&sort=updated&direction=asc&per_page=100")
            #expect(targets[1] == "/repositories/7/issues?since=&\(usesCursors ? "after" : "page")=2")
        }
    }

    @Test(arguments: [(false, [3, 4, 4, 4]), (true, [nil, nil, nil, 4])])
    func `how many pages there are, as far as it is known`(usesCursors: Bool, counts: [Int?]) async throws {
        let gitHub = FakeGitHub()
        gitHub.update { state in
            state.usesCursors = usesCursors
            for number in 1...5 { state.issues[number] = number }
        }
        try await FakeServer.run(gitHub.handler) { server in
            var pages = try GitHubClient.of(server).issues(in: .hello)
            #expect(pages.count == nil)
            for count in counts {
                _ = try #require(try await pages.nextPage())
                #expect(pages.count == count)
                // The list grows while it is read.
                gitHub.update { state in state.issues = state.issues.merging([6: 6, 7: 7]) { $1 } }
            }
            #expect(try await pages.nextPage() == nil)
            #expect(pages.count == 4)
        }
    }

    @Test(arguments: [1: [1], 0: []] as [Int: [Int64]])
    func `a short list, and an empty one, is one page`(issues: Int, numbers: [Int64]) async throws {
        let gitHub = FakeGitHub()
        for number in 0..<issues { gitHub.update { $0.issues[number + 1] = number } }
        try await FakeServer.run(gitHub.handler) { server in
            var pages = try GitHubClient.of(server).issues(in: .hello)
            #expect(try await pages.nextPage()?.content.content?.elements.map(\.issue.number) == numbers)
            #expect(pages.count == 1)
        }
    }

    @Test func `since is a whole second and included`() async throws {
        let gitHub = FakeGitHub()
        gitHub.update { $0.issues = [1: 1, 2: 2, 3: 3] }
        try await FakeServer.run(gitHub.handler) { server in
            let since = Timestamp(microseconds: 1_790_000_002_700_000)
            let client = try GitHubClient.of(server)
            #expect(try await Self.numbers(client.issues(in: .hello, since: since, state: .open)) == [[2, 3]])
            #expect(server.requests[0].target.hasSuffix("&since=2026-09-21T14:13:22Z"))
            #expect(server.requests[0].parameter("state") == "open")
        }
    }

    /// An issue that changes while the list is read moves to its end: one is missed, and another comes twice.
    ///
    /// Asking again from the last time that was seen finds the missed one.
    @Test func `pages shift, and asking again finds what was missed`() async throws {
        let gitHub = FakeGitHub()
        gitHub.update { state in
            state.issues = [1: 1, 2: 2, 3: 3, 4: 4]
            state.onPage = { state in
                // Between the first page and the second.
                if state.issues[1] == 0 { state.issues[1] = 9 }
                if state.issues[1] == 1 { state.issues[1] = 0 }
            }
        }
        try await FakeServer.run(gitHub.handler) { server in
            let client = try GitHubClient.of(server)
            #expect(try await Self.numbers(client.issues(in: .hello)) == [[1, 2], [4, 1]])
            let since = Timestamp(iso: Sample.time(2))
            #expect(try await Self.numbers(client.issues(in: .hello, since: since)) == [[2, 3], [4, 1]])
        }
    }

    @Test func `a list too long for page numbers is refused in GitHub's words`() async throws {
        let gitHub = FakeGitHub()
        gitHub.update { state in
            state.longestList = 4
            for number in 1...6 { state.issues[number] = number }
        }
        try await FakeServer.run(gitHub.handler) { server in
            let client = try GitHubClient.of(server)
            let failure = await error { () throws(GitHubError) in try await Self.numbers(client.issues(in: .hello)) }
            guard case .validation(let words) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(words.contains("cursor based pagination"))
            #expect(server.requests.count == 3)
        }
    }

    @Test func `after an error the same page can be asked for again`() async throws {
        let gitHub = FakeGitHub()
        gitHub.update { $0.issues = [1: 1, 2: 2, 3: 3] }
        let hasFailed = Mutex(false)
        let handler: FakeServer.Handler = { request in
            let fails =
                request.parameter("page") == "2"
                && !hasFailed.withLock { hasFailed in
                    defer { hasFailed = true }
                    return hasFailed
                }
            return fails ? .answer(502) : gitHub.handler(request)
        }
        try await FakeServer.run(handler) { server in
            var pages = try GitHubClient.of(server).issues(in: .hello)
            _ = try await pages.nextPage()
            await #expect(throws: GitHubError.transient("status 502")) { try await pages.nextPage() }
            #expect(try await pages.nextPage()?.content.content?.elements.map(\.issue.number) == [3])
            #expect(try await pages.nextPage() == nil)
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:1/repos/octo/hello/issues?page=2", GitHubError.moved(to: "/repos/octo/hello/issues")),
        ("/repos/octo/hello/issues?page=2", .moved(to: "/repos/octo/hello/issues")),
    ]) func `a link to another server is not followed`(link: String, failure: GitHubError) async throws {
        try await FakeServer.run({ _ in .answer(200, ["Link": "<\(link)>; rel=\"next\""], "[]") }) { server in
            var pages = try GitHubClient.of(server).issues(in: .hello)
            await #expect(throws: failure) { try await pages.nextPage() }
        }
    }

    @Test func `pages that lead in a circle end`() async throws {
        try await FakeServer.run(
            { request in
                let link = "http://\(request.fields["host"] ?? "")/x?\(request.target == "/x?a" ? "b" : "a")"
                return .answer(200, ["Link": "<\(link)>; rel=\"next\""], "[]")
            },
            { server in
                let client = try GitHubClient.of(server)
                let failure = await error { () throws(GitHubError) in try await Self.numbers(client.issues(in: .hello))
                }
                #expect(failure == .transient("the pages of a list lead back to one of them"))
                #expect(server.requests.count == 3)
            }
        )
    }

    @Test func `one issue that cannot be read does not lose the page`() async throws {
        let list = "[\(Sample.issue(1)),{\"id\":\"x\"},\(Sample.issue(2, title: "\\ud800")),\(Sample.issue(3))]"
        try await FakeServer.run({ _ in .answer(200, [:], list) }) { server in
            var pages = try GitHubClient.of(server).issues(in: .hello)
            let page = try #require(try await pages.nextPage()?.content.content)
            #expect(page.elements.map(\.issue.number) == [1, 3])
            #expect(
                page.problems.map(\.description) == [
                    "[1].id: expected a whole number", "[2].title: not a value this field can hold",
                ]
            )
        }
    }

    @Test func `every page carries the rate limit`() async throws {
        try await FakeServer.run(FakeGitHub().handler) { server in
            var pages = try GitHubClient.of(server).issues(in: .hello)
            #expect(try await pages.nextPage()?.rateLimit?.remaining == 4999)
        }
    }
}
