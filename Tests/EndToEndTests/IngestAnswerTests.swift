import Base
import Database
import Foundation
import TestSupport
import Testing

/// The table of answers, row by row.
@Suite struct IngestAnswerTests {
    @Test func `each event is stored with all that can be known of it`() async throws {
        try await IngestProgram.with { ingest, database in
            let sample = SampleDelivery()
            let bodies = [
                ("issues", sample.issue), ("issue_comment", sample.comment), ("pull_request", sample.pullRequest),
                ("repository", sample.repository), ("label", sample.label), ("milestone", sample.milestone),
                ("sub_issues", sample.subIssue),
            ]
            for (event, body) in bodies {
                let response = try await ingest.deliver(body, event: event, id: "delivery-\(event)")
                #expect(response.status == 202)
                #expect(response.fields["content-type"] == "application/json")
                #expect(response.json["message"] == .text("Event queued for processing"))
                #expect(response.json["duplicate"] == nil)
                let event = try #require(await database.storedEvents().last)
                #expect(response.json["event_id"] == .text(event.id.text))
            }
            let events = try await database.storedEvents()
            #expect(events.map(\.event) == bodies.map(\.0))
            #expect(events.map(\.payload) == bodies.map(\.1))
            for event in events {
                #expect(event.deliveryID == "delivery-\(event.event)")
                #expect(event.action == "opened")
                #expect(event.status == .pending)
                #expect(event.repositoryID == 700_100_200)
                #expect(event.repositoryName == "acme-labs/rocket")
                #expect(event.syncID != nil)
            }
        }
    }

    @Test func `a repository of several projects is stored without one of them`() async throws {
        try await IngestProgram.with { ingest, database in
            _ = try await database.connectRepository(700_100_200, "acme-labs/rocket", to: .second)
            // The repository may be remembered as one project's for a moment.
            let isSeen = try await eventually {
                #expect(try await ingest.deliver(SampleDelivery().issue).status == 202)
                return try await database.storedEvents().last?.syncID == nil
            }
            #expect(isSeen)
        }
    }

    @Test func `a ping is answered and an event we do not take is ignored, both without a row`() async throws {
        try await IngestProgram.with { ingest, database in
            let ping = try await ingest.deliver("{\"zen\":\"Keep it logically awesome.\"}", event: "ping")
            #expect(ping.status == 200)
            #expect(ping.json["message"] == .text("pong"))
            for (event, reason) in [
                ("push", "push events are not synced"),
                ("installation", "installation events are about an App, not about one repository; nothing to sync"),
                ("organization", "organization events are about people; nothing to sync"),
                ("meta", "meta events are about the webhook itself; nothing to sync"),
            ] {
                let response = try await ingest.deliver("{\"ref\":\"main\"}", event: event)
                #expect(response.status == 200)
                #expect(response.json["message"] == .text("Event ignored"))
                #expect(response.json["event"] == .text(event))
                #expect(response.json["reason"] == .text(reason))
            }
            for event in ["ISSUES", "issues'; drop table x; --"] {
                let response = try await ingest.deliver("{\"ref\":\"main\"}", event: event)
                #expect(response.status == 200)
                #expect(response.json["event"] == nil)
                #expect(
                    response.json["reason"] == .text("GitHub has no event of this name; names are in lower case")
                )
            }
            #expect(try await ingest.deliver("{", event: "ping").status == 400)
            #expect(try await ingest.deliver("{", event: "push").status == 400)
            #expect(try await database.storedEvents().isEmpty)
            #expect(try await ingest.metric("github_mcp_webhook_total{event_type=\"ping\",status=\"ping\"}") == 1)
            #expect(try await ingest.metric("github_mcp_webhook_total{event_type=\"other\",status=\"ignored\"}") == 6)
        }
    }

    @Test func `sub-issues without a repository are ignored with the reason, without a subject refused`() async throws {
        try await IngestProgram.with { ingest, database in
            let bare = "{\"action\":\"sub_issue_added\",\"sub_issue\":{},\"parent_issue\":{}}"
            let response = try await ingest.deliver(bare, event: "sub_issues")
            #expect(response.status == 200)
            #expect(response.json["message"] == .text("Event ignored"))
            #expect(response.json["event"] == .text("sub_issues"))
            #expect(response.json["reason"] == .text("the delivery names no repository; nothing to sync"))
            let metric = "github_mcp_webhook_total{event_type=\"sub_issues\",status=\"ignored\"}"
            #expect(try await ingest.metric(metric) == 1)

            #expect(try await ingest.deliver("{\"action\":\"sub_issue_added\"}", event: "sub_issues").status == 400)
            for event in ["label", "milestone", "repository"] {
                let response = try await ingest.deliver(bare, event: event)
                #expect(response.status == 400, "\(event)")
                #expect(response.json["error"] == .text("bad_payload"))
            }
            #expect(try await database.storedEvents().isEmpty)
        }
    }

    @Test func `a captured body is not another event's under that event's name`() async throws {
        try await IngestProgram.with { ingest, database in
            var sample = SampleDelivery()
            sample.action = "deleted"
            for body in [sample.issue, sample.comment, sample.pullRequest, sample.label, sample.milestone] {
                let response = try await ingest.deliver(body, event: "repository")
                #expect(response.status == 400)
                #expect(response.body.contains("not part of a repository event"), "\(response.body)")
            }
            #expect(try await ingest.deliver(sample.repository, event: "label").status == 400)
            #expect(try await ingest.deliver(sample.label, event: "milestone").status == 400)
            #expect(try await database.storedEvents().isEmpty)
        }
    }

    @Test func `an action nobody knows yet is queued`() async throws {
        try await IngestProgram.with { ingest, database in
            var sample = SampleDelivery()
            sample.action = "exploded"
            let response = try await ingest.deliver(sample.issue)
            #expect(response.status == 202)
            #expect(try await database.storedEvents().map(\.action) == ["exploded"])
        }
    }

    @Test func `every wrong signature gets the same 401, and the page tells the reasons apart`() async throws {
        try await IngestProgram.with { ingest, database in
            let body = Array(SampleDelivery().issue.utf8)
            let right = signature(of: body, secret: IngestProgram.secret)
            let cases: [(String, [(String, String)])] = [
                ("missing", []),
                ("only_sha1", [("X-Hub-Signature", "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59")]),
                ("repeated", [("X-Hub-Signature-256", right), ("X-Hub-Signature-256", right)]),
                ("malformed", [("X-Hub-Signature-256", right.uppercased())]),
                ("mismatch", [("X-Hub-Signature-256", signature(of: body, secret: "another"))]),
            ]
            var answers: Set<String> = []
            for (reason, fields) in cases {
                let rest = [("Content-Type", "text/plain"), ("X-GitHub-Event", "issues"), ("X-GitHub-Delivery", "d")]
                let response = try await TestHTTP(port: ingest.port)
                    .send("POST", IngestProgram.path, rest + fields, body: body)
                #expect(response.status == 401, "\(reason)")
                answers.insert(response.body)
                #expect(try await ingest.metric("plane_ingest_signature_failures_total{reason=\"\(reason)\"}") == 1)
            }
            let stranger = try await ingest.deliver(SampleDelivery().issue, path: IngestProgram.path + "nobody/")
            #expect(stranger.status == 401)
            answers.insert(stranger.body)
            #expect(answers.count == 1)
            #expect(try await database.storedEvents().isEmpty)
        }
    }

    @Test func `header fields that are missing, repeated, too long or not ASCII are 400`() async throws {
        try await IngestProgram.with { ingest, database in
            let body = Array(SampleDelivery().issue.utf8)
            let signed = [
                ("Content-Type", "application/json"),
                ("X-Hub-Signature-256", signature(of: body, secret: IngestProgram.secret)),
            ]
            let event = ("X-GitHub-Event", "issues")
            let delivery = ("X-GitHub-Delivery", "d")
            let cases: [[(String, String)]] = [
                [event], [delivery], [event, event, delivery], [event, delivery, delivery],
                [event, ("X-GitHub-Delivery", "")], [event, ("X-GitHub-Delivery", "ü")],
                [event, ("X-GitHub-Delivery", String(repeating: "d", count: 101))],
                [("X-GitHub-Event", String(repeating: "e", count: 65)), delivery],
            ]
            for fields in cases {
                let response = try await TestHTTP(port: ingest.port)
                    .send("POST", IngestProgram.path, signed + fields, body: body)
                #expect(response.status == 400, "\(fields)")
                #expect(response.json["error"] == .text("bad_header"))
            }
            #expect(try await database.storedEvents().isEmpty)
        }
    }

    @Test func `a body that is no JSON, or not the event's, is 400 and says where`() async throws {
        try await IngestProgram.with { ingest, database in
            let cases = [
                ("", "bad_json", "byte 0"), ("{\"action\":\"opened\",}", "bad_json", "byte 19"),
                ("{\"action\":\"opened\"}", "bad_payload", "issue: missing"),
                (SampleDelivery().issue.replacing("repository", with: "place"), "bad_payload", "repository: missing"),
                (SampleDelivery().pullRequest, "bad_payload", "issue: missing"),
            ]
            for (body, code, words) in cases {
                let response = try await ingest.deliver(body)
                #expect(response.status == 400)
                #expect(response.json["error"] == .text(code))
                #expect(response.body.contains(words), "\(response.body)")
            }
            #expect(try await database.storedEvents().isEmpty)
        }
    }

    @Test func `a body captured of one event is 400 under the name of another`() async throws {
        try await IngestProgram.with { ingest, database in
            var sample = SampleDelivery()
            sample.action = "deleted"
            let bodies = [
                ("issues", sample.issue), ("issue_comment", sample.comment), ("pull_request", sample.pullRequest),
                ("label", sample.label), ("milestone", sample.milestone), ("sub_issues", sample.subIssue),
                ("repository", sample.repository),
            ]
            for (event, body) in bodies {
                for (other, _) in bodies where other != event {
                    let response = try await ingest.deliver(body, event: other)
                    #expect(response.status == 400, "\(event) as \(other)")
                    #expect(response.json["error"] == .text("bad_payload"))
                }
            }
            #expect(try await database.storedEvents().isEmpty)
            for (event, body) in bodies { #expect(try await ingest.deliver(body, event: event).status == 202) }
        }
    }

    @Test func `after a 400 for what a delivery holds, the next on the connection is not looked at`() async throws {
        try await IngestProgram.with { ingest, database in
            let requests = ["{\"action\":\"opened\"}", SampleDelivery().issue].map { body in
                let fields = IngestProgram.fields(Array(body.utf8)).map { "\($0.0): \($0.1)\r\n" }.joined()
                return "POST \(IngestProgram.path) HTTP/1.1\r\nHost: x\r\n\(fields)"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            }
            let http = try TestHTTP(port: ingest.port)
            try await http.write(Array(requests.joined().utf8))
            let response = try await http.read()
            #expect(response.status == 400)
            #expect(response.fields["connection"] == "close")
            await #expect(throws: TestHTTP.Broken.self) { try await http.read() }
            #expect(try await database.storedEvents().isEmpty)
        }
    }

    @Test func `a repository that no project follows is 404, until it is connected`() async throws {
        try await IngestProgram.with { ingest, database in
            var sample = SampleDelivery()
            sample.repositoryID = 700_100_201
            sample.repositoryName = "acme-labs/shuttle"
            let body = sample.issue
            let response = try await ingest.deliver(body)
            #expect(response.status == 404)
            #expect(response.json["error"] == .text("repository_not_connected"))
            let unsigned = try await ingest.deliver(body, secret: "wrong")
            #expect(unsigned.status == 401)

            let repository = try await database.connectRepository(700_100_201, "acme-labs/shuttle")
            #expect(try await eventually { try await ingest.deliver(body).status == 202 })
            try await database.disconnect(repository)
            #expect(try await eventually { try await ingest.deliver(body).status == 404 })
        }
    }

    @Test func `other paths, methods and content types are 404, 405 and 415`() async throws {
        try await IngestProgram.with { ingest, _ in
            let http = { try TestHTTP(port: ingest.port) }
            #expect(try await http().send("GET", "/").status == 404)
            #expect(try await http().send("POST", "/api/webhooks/github-mcp/a/b", body: [1]).status == 404)
            let put = try await http().send("PUT", IngestProgram.path)
            #expect(put.status == 405)
            #expect(put.fields["allow"] == "GET, HEAD, POST")
            #expect(put.json["error"] == .text("method_not_allowed"))
            let metrics = try await http().send("POST", "/metrics")
            #expect(metrics.status == 405)
            #expect(metrics.fields["allow"] == "GET, HEAD")
            for type in ["text/plain", "application/jsonp", "application/json; charset=latin1", ""] {
                let response = try await ingest.deliver(SampleDelivery().issue, type: type)
                #expect(response.status == 415, "\(type)")
            }
        }
    }

    @Test func `a look at the endpoint tells name, version and events`() async throws {
        try await IngestProgram.with { ingest, _ in
            let response = try await TestHTTP(port: ingest.port).send("GET", "/api/webhooks/github-mcp")
            #expect(response.status == 200)
            #expect(response.json["name"] == .text("plane-ingest"))
            #expect(response.json["version"] == .text(Version.current.description))
            let events = [
                "issues", "issue_comment", "pull_request", "repository", "label", "milestone", "sub_issues",
            ]
            #expect(response.json["events"] == .list(events))
            let head = try await TestHTTP(port: ingest.port).send("HEAD", IngestProgram.path)
            #expect(head.status == 200)
            #expect(try await TestHTTP(port: ingest.port).send("GET", "/healthz").status == 200)
        }
    }

    @Test func `a form is stored as the JSON that is in it`() async throws {
        try await IngestProgram.with { ingest, database in
            var sample = SampleDelivery()
            sample.title = "50 % + ü & = \\u0000 ?"
            let encoded = sample.issue.utf8.map { byte in
                byte == UInt8(ascii: " ") ? "+" : "%" + [byte].hex.uppercased()
            }
            let type = "application/x-www-form-urlencoded"
            let response = try await ingest.deliver("payload=\(encoded.joined())", type: type)
            #expect(response.status == 202)
            #expect(try await database.storedEvents().map(\.payload) == [sample.issue])
            #expect(try await ingest.deliver("payload=%7", type: type).status == 400)
            #expect(try await ingest.deliver("payload=%7B%7D&payload=%7B%7D", type: type).status == 400)
        }
    }

    @Test func `what PostgreSQL's jsonb would refuse is stored as it came`() async throws {
        try await IngestProgram.with { ingest, database in
            var sample = SampleDelivery()
            sample.title = "nul \\u0000 in the title"
            sample.padding = "\\ud800 \\u0000"
            let response = try await ingest.deliver(sample.issue)
            #expect(response.status == 202)
            #expect(try await database.storedEvents().map(\.payload) == [sample.issue])
        }
    }
}
