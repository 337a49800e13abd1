import Base
import Foundation
import GitHub
import TestSupport
import Testing

@testable import GitHubClient

/// Redirects are followed by hand: to the same server only, and with the method and the body that were sent.
@Suite(.timeLimit(.minutes(10))) struct RedirectTests {
    private static func redirect(_ status: Int, to location: String) -> FakeServer.Handler {
        { request in
            request.path.hasPrefix("/repositories/")
                ? .answer(200, [:], Sample.issue(5))
                : .answer(status, ["Location": location], "{\"message\":\"Moved Permanently\"}")
        }
    }

    @Test(arguments: [301, 302, 307, 308]) func `a read goes where the object is now`(status: Int) async throws {
        try await FakeServer.run(Self.redirect(status, to: "/repositories/7/issues/5?a=b%20c")) { server in
            let answer = try await GitHubClient.of(server).issue(1, in: .hello)
            #expect(answer.content.content?.issue.number == 5)
            #expect(answer.movedTo == "/repositories/7/issues/5?a=b%20c")
            #expect(server.requests.map(\.target).last == "/repositories/7/issues/5?a=b%20c")
            #expect(server.requests.map(\.token) == ["ghp_test", "ghp_test"])
        }
    }

    @Test(arguments: [307, 308]) func `a write goes there with its method and body`(status: Int) async throws {
        try await FakeServer.run(Self.redirect(status, to: "/repositories/7/issues")) { server in
            _ = try await GitHubClient.of(server).createIssue(in: .hello, title: "T", body: "B")
            #expect(server.requests.map(\.method) == ["POST", "POST"])
            #expect(server.requests[0].body == server.requests[1].body && !server.requests[0].body.isEmpty)
        }
    }

    @Test(arguments: [301, 302, 303]) func `a write does not turn into a read`(status: Int) async throws {
        try await FakeServer.run(Self.redirect(status, to: "/repositories/7/issues")) { server in
            let client = try GitHubClient.of(server)
            let failure = await error { () throws(GitHubError) in
                try await client.createIssue(in: .hello, title: "T", body: "B")
            }
            #expect(failure == .moved(to: "/repositories/7/issues"))
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [301, 307]) func `our token goes to no other server`(status: Int) async throws {
        try await FakeServer.run({ _ in .answer(200, [:], Sample.issue(1)) }) { stranger in
            try await FakeServer.run(Self.redirect(status, to: "\(stranger.origin)/repositories/7/issues/5")) {
                server in
                let client = try GitHubClient.of(server)
                let read = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
                let write = await error { () throws(GitHubError) in
                    try await client.updateIssue(1, in: .hello, IssueChange())
                }
                #expect(read == .moved(to: "/repositories/7/issues/5"))
                #expect(write == .moved(to: "/repositories/7/issues/5"))
                #expect(stranger.requests.isEmpty)
            }
        }
    }

    @Test func `what is outside the API is another place`() async throws {
        try await FakeServer.run(Self.redirect(301, to: "/repositories/7/issues/5")) { server in
            let client = try GitHubClient.of(server, path: "/api/v3")
            let failure = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
            #expect(failure == .moved(to: "/repositories/7/issues/5"))
            #expect(server.requests.map(\.target) == ["/api/v3/repos/octo/hello/issues/1"])
        }
    }

    @Test func `redirects end`() async throws {
        try await FakeServer.run({ .answer(301, ["Location": $0.target + "x"]) }) { server in
            let client = try GitHubClient.of(server)
            let failure = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
            #expect(failure == .transient("one redirect leads to another without end"))
            #expect(server.requests.count == 6)
        }
    }

    @Test func `a redirect without a place`() async throws {
        try await FakeServer.run({ _ in .answer(301) }) { server in
            let client = try GitHubClient.of(server)
            let failure = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
            #expect(failure == .transient("a redirect leads nowhere"))
        }
    }
}
