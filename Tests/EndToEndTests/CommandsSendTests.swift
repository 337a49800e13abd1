import Base
import Database
import Foundation
import TestSupport
import Testing

/// What `send` posts, to the real plane-ingest.
@Suite struct CommandsSendTests {
    private static func send(
        _ words: [String],
        to ingest: IngestProgram,
        secret: String = IngestProgram.secret
    )
        async throws -> CommandsRun
    {
        try await CommandsRun.worker(
            ["send"] + words,
            on: ingest.database,
            environment: ["INGEST_LISTEN": "127.0.0.1:\(ingest.port)", "GITHUB_WEBHOOK_SECRET": secret]
        )
    }

    private static func withFile(_ content: some DataProtocol, _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "send-\(UUID().text).json")
        try Data(content).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path)
    }

    @Test func `without an event it is a ping, which the log of the endpoint tells of`() async throws {
        try await IngestProgram.with { ingest, connection in
            let run = try await Self.send([], to: ingest)
            #expect(run.status == 0 && run.errors == "", "\(run.errors)")
            let address = "http://127.0.0.1:\(ingest.port)\(IngestProgram.path)"
            #expect(run.lines.count == 2)
            #expect(run.output.hasPrefix("sent ping, delivery "))
            #expect(run.output.hasSuffix(", to \(address)\n200: pong\n"))
            #expect(try await ingest.program.said("\"ping answered\""))
            #expect(try await connection.storedEvents() == [])
        }
    }

    @Test func `a file becomes an event, and that event can be sent once more`() async throws {
        try await IngestProgram.with { ingest, connection in
            let body = SampleDelivery().issue
            try await Self.withFile(Data(body.utf8)) { path in
                let run = try await Self.send(["issues", "--file", path, "--delivery", "by-hand-1"], to: ingest)
                #expect(run.status == 0, "\(run.errors)")
                let stored = try #require(try await connection.storedEvents().first)
                #expect(stored.payload == body && stored.deliveryID == "by-hand-1" && stored.event == "issues")
                #expect(run.lines.last == "202: Event queued for processing, event \(stored.id.text)")

                let again = try await Self.send(["issues", "--file", path, "--delivery", "by-hand-1"], to: ingest)
                #expect(again.status == 0 && again.output.contains(stored.id.text), "\(again.errors)")
                #expect(try await connection.storedEvents().count == 1)

                let copy = try await Self.send([String(stored.id.text.prefix(18)), "--json"], to: ingest)
                #expect(copy.status == 0, "\(copy.errors)")
                let events = try await connection.storedEvents()
                #expect(events.map(\.payload) == [body, body])
                let json = try copy.json
                #expect(json["event"] as? String == "issues" && json["status"] as? Int == 202)
                #expect(json["delivery_id"] as? String == events[1].deliveryID)
                #expect((json["answer"] as? [String: Any])?["event_id"] as? String == events[1].id.text)
            }
        }
    }

    @Test func `a refusal is told with what to do, and ends with status 1`() async throws {
        try await IngestProgram.with { ingest, _ in
            let run = try await Self.send(["ping"], to: ingest, secret: "another secret 0123456789")
            #expect(run.status == 1)
            #expect(
                run.errors.hasSuffix("(plane-ingest has another secret than this environment)\n"),
                "\(run.errors)"
            )
            var unwanted = SampleDelivery()
            unwanted.repositoryID = 7
            try await Self.withFile(Data(unwanted.issue.utf8)) { path in
                let run = try await Self.send(["issues", "--file", path], to: ingest)
                #expect(run.status == 1 && run.errors.hasPrefix("plane-worker: 404: "), "\(run.errors)")
            }
        }
    }

    @Test func `a source has a secret and a path of its own`() async throws {
        try await IngestProgram.with(["GITHUB_WEBHOOK_SECRET_ACME_LABS": "aB3xyz9-"]) { ingest, _ in
            let origin = "http://127.0.0.1:\(ingest.port)"
            let secrets = ["GITHUB_WEBHOOK_SECRET_ACME_LABS": "aB3xyz9-"]
            for end in ["acme-labs", "acme-labs/"] {
                let words = ["send", "--to", "\(origin)\(IngestProgram.path)\(end)"]
                let run = try await CommandsRun.worker(words, environment: secrets)
                #expect(run.status == 0 && run.errors == "", "\(run.errors)")
            }
            let missing = try await CommandsRun.worker(["send", "--to", origin], environment: secrets)
            #expect(missing.status == 2 && missing.errors.contains("GITHUB_WEBHOOK_SECRET is not set"))
        }
    }

    @Test(arguments: [
        (["isues"], "unknown event 'isues', did you mean 'issues'?"),
        (["issues"], "--file is missing, expected the body of the event issues"),
        (["--file", "x"], "EVENT is missing, expected what X-GitHub-Event says of the file: issues, say"),
        (["0192", "--file", "x"], "EVENT is '0192', expected the name of an event beside --file: issues, say"),
        (["ping", "label"], "unexpected argument 'label', expected one EVENT"),
        (["--to", "ftp://x"], "--to is 'ftp://x', expected an http or https address"),
        (["--to", "http://127.0.0.1/other/"], "--to is 'http://127.0.0.1/other/', expected an http or https address"),
        (["--to", "http://[::1]/api/webhooks/github-mcp/a/b"], "--to is 'http://[::1]/api/webhooks/github-mcp/a/b'"),
        (["--delivery", "ä"], "--delivery is 'ä', expected 1 to 100 printable ASCII characters"),
        (["--to", "https://sync.example.com"], "is not this machine, give --yes to send there"),
        (["--to", "http://128.0.0.1"], "http://128.0.0.1/api/webhooks/github-mcp/ is not this machine"),
    ])
    func `what cannot be meant is refused before anything is sent`(_ words: [String], _ message: String) async throws {
        let run = try await CommandsRun.worker(["send"] + words, environment: ["GITHUB_WEBHOOK_SECRET": "0123456789ab"])
        #expect(run.status == 2 && run.output == "")
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    @Test func `a file that no body can be is named`() async throws {
        let secret = ["GITHUB_WEBHOOK_SECRET": "0123456789ab"]
        let missing = try await CommandsRun.worker(["send", "issues", "--file", "/nowhere"], environment: secret)
        #expect(missing.status == 1 && missing.errors.contains("/nowhere cannot be read"), "\(missing.errors)")
        try await Self.withFile([0x7B, 0xFF, 0x7D]) { path in
            let run = try await CommandsRun.worker(["send", "issues", "--file", path], environment: secret)
            #expect(run.status == 1 && run.errors.contains("\(path) is not text in UTF-8"), "\(run.errors)")
        }
        try await Self.withFile(Data(count: 25 * 1024 * 1024 + 1)) { path in
            let run = try await CommandsRun.worker(["send", "issues", "--file", path], environment: secret)
            #expect(run.status == 1 && run.errors.contains("\(path) has more than 25 MB"), "\(run.errors)")
        }
    }

    @Test func `nobody there is told with the address`() async throws {
        let settings = ["GITHUB_WEBHOOK_SECRET": "0123456789ab", "INGEST_LISTEN": "127.0.0.1:9"]
        let run = try await CommandsRun.worker(["send"], environment: settings)
        #expect(run.status == 1)
        #expect(
            run.errors == "plane-worker: http://127.0.0.1:9\(IngestProgram.path): there is no connection\n",
            "\(run.errors)"
        )
    }
}
