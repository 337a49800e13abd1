import Foundation
import GitHub
import Synchronization
import TestSupport
import Testing

@testable import GitHubClient

/// Answers that end at each of their bytes, and answers that are larger than we take.
@Suite(.timeLimit(.minutes(10))) struct CutAnswerFaultTests {
    private static let issue = Sample.issue(1)
    private static let broken = "the connection broke before the whole answer was here"
    private static let status = "HTTP/1.1 201 Created\r\nETag: \"1\"\r\n"

    /// One whole answer for each way in which a server can say where its body ends.
    private static let answers = [
        "\(status)Content-Length: \(issue.utf8.count)\r\nX-End: 1\r\n\r\n\(issue)",
        "\(status)Transfer-Encoding: chunked\r\n\r\n\(String(issue.utf8.count, radix: 16))\r\n\(issue)\r\n0\r\nETag: \"2\"\r\n\r\n",
        "\(status)Connection: close\r\n\r\n\(issue)",
        "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n\(status)Content-Length: \(issue.utf8.count)\r\n\r\n\(issue)",
    ]

    /// Each call gets one byte more of the answer than the one before.
    private static func cutting(_ answer: String) -> FakeServer.Handler {
        let next = Mutex(0)
        return { _ in
            let count = next.withLock { next in
                defer { next += 1 }
                return next
            }
            return .bytes(Array(answer.utf8.prefix(count)))
        }
    }

    /// Nobody misses the line feed at the very end of chunks.
    private static func bytesNeeded(of answer: String) -> Int {
        answer.utf8.count - (answer.contains("chunked") ? 1 : 0)
    }

    @Test(arguments: answers)
    func `a read whose answer is cut anywhere may be tried again`(answer: String) async throws {
        try await FakeServer.run(Self.cutting(answer)) { server in
            let client = try GitHubClient.of(server)
            for count in 0..<Self.bytesNeeded(of: answer) {
                let failure = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
                guard case .transient = failure else {
                    Issue.record("after \(count) bytes: \(String(describing: failure))")
                    return
                }
            }
        }
    }

    @Test(arguments: answers) func `what a write created is unknown if its answer is cut anywhere`(
        answer: String
    ) async throws {
        try await FakeServer.run(Self.cutting(answer)) { server in
            let client = try GitHubClient.of(server)
            let needed = Self.bytesNeeded(of: answer)
            for count in 0..<needed {
                let failure = await error { () throws(GitHubError) in
                    try await client.createIssue(in: .hello, title: "T", body: "B")
                }
                guard case .outcomeUnknown = failure else {
                    Issue.record("after \(count) bytes: \(String(describing: failure))")
                    return
                }
            }
            #expect(server.requests.count == needed, "something was sent more than once")
        }
    }

    /// Or else a connection that breaks could say that a comment is deleted, or that an issue is gone.
    @Test(arguments: [204, 304, 401, 404, 410])
    func `a status counts once its head is whole`(status: Int) async throws {
        let answer = "HTTP/1.1 \(status) X\r\nContent-Type: text/html\r\nX-End: 1\r\n\r\n"
        try await FakeServer.run(Self.cutting(answer)) { server in
            let client = try GitHubClient.of(server)
            for count in 0..<answer.utf8.count {
                let failure = await error { () throws(GitHubError) in try await client.deleteComment(1, in: .hello) }
                #expect(failure == .transient(Self.broken), "\(count) bytes")
            }
        }
    }

    @Test(arguments: answers) func `whole, each of them is an answer`(answer: String) async throws {
        try await FakeServer.run({ _ in .bytes(answer) }) { server in
            let answer = try await GitHubClient.of(server).createIssue(in: .hello, title: "T", body: "B")
            #expect(answer.content.issue.number == 1 && answer.etag == "\"1\"")
        }
    }

    private static let padding = String(repeating: " ", count: 100_000)
    private static let line = "X-Padding: \(String(repeating: "x", count: 1_000))\r\n"

    static let tooLarge = [
        "the body": "HTTP/1.1 201 OK\r\nContent-Length: 100000\r\n\r\n\(padding)",
        "the body, in chunks": "HTTP/1.1 201 OK\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n\(padding)\r\n0\r\n\r\n",
        "the body, without saying so": "HTTP/1.1 201 OK\r\n\r\n\(issue)\(padding)",
        "a line": "HTTP/1.1 201 OK\r\nETag: \(padding.prefix(80_000))\r\n\r\n\(issue)",
        "the head": "HTTP/1.1 201 OK\r\n\(String(repeating: line, count: 70))\r\n\(issue)",
        "all heads together": String(repeating: "HTTP/1.1 103 Hint\r\n\(line)\r\n", count: 70)
            + "HTTP/1.1 201 OK\r\n\r\n{}",
        "the trailers": "HTTP/1.1 201 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
            + "\(String(repeating: line, count: 70))\r\n",
    ]

    @Test(arguments: tooLarge.keys.sorted())
    func `an answer is not taken if this is too large`(part: String) async throws {
        let bytes = try #require(Self.tooLarge[part])
        try await FakeServer.run({ _ in .bytes(bytes) }) { server in
            let client = try GitHubClient.of(server, maximumBytes: 50_000)
            let read = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
            #expect(read == .transient("the answer is too large"))
            let create = await error { () throws(GitHubError) in
                try await client.createIssue(in: .hello, title: "T", body: "B")
            }
            #expect(create == .outcomeUnknown("the answer is too large"))
        }
    }

    /// libcurl itself ends at a line like that, and takes no more of it into memory.
    @Test func `an endless line is not waited for`() async throws {
        let line = "HTTP/1.1 201 OK\r\nETag: " + String(repeating: "x", count: 10_000_000)
        try await FakeServer.run({ _ in .hang(line) }) { server in
            let client = try GitHubClient.of(server)
            let failure = await error { () throws(GitHubError) in try await client.issue(1, in: .hello) }
            #expect(failure == .transient(Self.broken))
        }
    }

    @Test func `an answer may be packed, and its size is that of what is in it`() async throws {
        let small = try Self.packed(Self.issue)
        let large = try Self.packed(Self.issue + Self.padding)
        #expect(large.count < 2_000)
        let handler: FakeServer.Handler = { request in
            guard request.fields["accept-encoding"] == "gzip" else { return .answer(406) }
            return .bytes(
                Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".utf8)
                    + (request.path.hasSuffix("/1") ? small : large)
            )
        }
        try await FakeServer.run(handler) { server in
            let client = try GitHubClient.of(server, maximumBytes: 50_000)
            #expect(try await client.issue(1, in: .hello).content.content?.issue.number == 1)
            let failure = await error { () throws(GitHubError) in try await client.issue(2, in: .hello) }
            #expect(failure == .transient("the answer is too large"))
        }
    }

    private static func packed(_ text: String) throws -> [UInt8] {
        let (gzip, input, output) = (Process(), Pipe(), Pipe())
        gzip.executableURL = URL(filePath: "/usr/bin/gzip")
        gzip.standardInput = input
        gzip.standardOutput = output
        try gzip.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        return Array(output.fileHandleForReading.readDataToEndOfFile())
    }
}
