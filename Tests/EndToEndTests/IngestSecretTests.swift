import Base
import Foundation
import TestSupport
import Testing

/// Secrets: none, several, of sources, from files.
@Suite struct IngestSecretTests {
    @Test func `without a secret the program refuses to start`() async throws {
        let program = try TestProgram("plane-ingest", environment: ["DATABASE_URL": "postgres://nowhere/x"])
        #expect(try await program.wait() == 2)
        #expect(try await program.said("GITHUB_WEBHOOK_SECRET is not set"))
        #expect(try await program.said("ALLOW_UNSIGNED_WEBHOOKS"))
    }

    @Test func `where unsigned deliveries are allowed the log says so`() async throws {
        let settings = ["GITHUB_WEBHOOK_SECRET": "", "ALLOW_UNSIGNED_WEBHOOKS": "true"]
        try await IngestProgram.with(settings) { ingest, database in
            let response = try await ingest.deliver(SampleDelivery().issue, secret: "whatever")
            #expect(response.status == 202)
            #expect(try await ingest.program.said("signatures are not checked"))
        }
    }

    @Test func `while a secret is changed both are taken, and the page tells which`() async throws {
        try await IngestProgram.with(["GITHUB_WEBHOOK_SECRET": "new one, old one"]) { ingest, _ in
            let metric = "plane_ingest_signature_matches_total{source=\"\",secret_index="
            let fresh = try await ingest.deliver(SampleDelivery().issue, secret: "new one")
            #expect(fresh.status == 202)
            #expect(try await ingest.metric(metric + "\"0\"}") == 1)
            #expect(try await ingest.metric(metric + "\"1\"}") == 0)
            #expect(try await ingest.deliver(SampleDelivery().issue, secret: "old one").status == 202)
            #expect(try await ingest.metric(metric + "\"1\"}") == 1)
            #expect(try await ingest.deliver(SampleDelivery().issue, secret: "new one, old one").status == 401)
        }
    }

    @Test(arguments: ["nineteen letters ha", "aaaaaaaaaaaaaaaaaaaaaaaaa"])
    func `a weak secret is warned of by the name of its variable`(_ secret: String) async throws {
        let settings = ["GITHUB_WEBHOOK_SECRET": "\(secret), this one is long enough"]
        try await IngestProgram.with(settings) { ingest, _ in
            let words = "that it can be found by trying"
            let isSaid = try await ingest.program.said(words)
            #expect(isSaid)
            let line = ingest.program.text.split(separator: "\n").first { $0.contains(words) } ?? ""
            #expect(line.contains("\"reason\":\"GITHUB_WEBHOOK_SECRET\""))
            #expect(!ingest.program.text.contains(secret))
        }
        try await IngestProgram.with { ingest, _ in
            #expect(!ingest.program.text.contains("found by trying"))
        }
    }

    @Test(arguments: ["\u{2028}", "\u{2029}", "\u{85}", "\u{0B}", "\u{0C}", "\u{A0}", "\r"])
    func `what only Unicode takes for a line end or a blank is part of a secret`(_ separator: String) async throws {
        let secret = "one half\(separator)another half"
        let padded = separator + secret + separator
        let file = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().text)")
        try Data("\(padded)\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        // A carriage return at the end belongs to the line.
        let inFile = separator == "\r" ? separator + secret : padded
        let settings = ["GITHUB_WEBHOOK_SECRET": secret, "GITHUB_WEBHOOK_SECRET_OTHER_FILE": file.path]
        try await IngestProgram.with(settings) { ingest, _ in
            let body = SampleDelivery().issue
            let accepted = try await ingest.deliver(body, secret: secret)
            #expect(accepted.status == 202)
            #expect(try await ingest.deliver(body, secret: "another half").status == 401)
            let other = IngestProgram.path + "other/"
            #expect(try await ingest.deliver(body, secret: inFile, path: other).status == 202)
        }
    }

    @Test func `a source has secrets of its own, from a variable and a file`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().text)")
        try Data("from the file\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let settings = [
            "GITHUB_WEBHOOK_SECRET_ACME_CORP": "of acme", "GITHUB_WEBHOOK_SECRET_OTHER_FILE": file.path,
        ]
        try await IngestProgram.with(settings) { ingest, _ in
            let body = SampleDelivery().issue
            let cases = [
                ("of acme", "acme-corp/", 202), ("of acme", "acme-corp", 202), ("from the file", "other/", 202),
                ("of acme", "other/", 401), ("of acme", "", 401), (IngestProgram.secret, "acme-corp/", 401),
                (IngestProgram.secret, "", 202),
            ]
            for (secret, source, status) in cases {
                let response = try await ingest.deliver(body, secret: secret, path: IngestProgram.path + source)
                #expect(response.status == status, "\(secret) at \(source)")
            }
        }
    }

    @Test func `what a sender writes cannot break a line of the log`() async throws {
        try await IngestProgram.with(["LOG_LEVEL": "debug"]) { ingest, _ in
            let body = SampleDelivery().issue
            let id = "\"}{\"level\":\"error\" \\n %n ${x}"
            let stored = try await ingest.deliver(body, id: id)
            #expect(stored.status == 202)
            #expect(try await ingest.deliver(body, event: "is\"sues\\", id: id).status == 200)
            #expect(try await ingest.deliver("{\"\u{1B}[31m\":\n", id: id).status == 400)
            #expect(try await ingest.program.said("delivery refused"))
            let lines = ingest.program.text.split(separator: "\n")
            #expect(lines.count >= 3)
            for line in lines {
                let keys = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                #expect(keys["level"] as? String != "error")
                #expect(keys["delivery_id"] as? String ?? id == id)
            }
        }
    }

    @Test func `no secret and no signature ever reaches the log`() async throws {
        try await IngestProgram.with(["LOG_LEVEL": "debug"]) { ingest, _ in
            let body = SampleDelivery().issue
            let accepted = try await ingest.deliver(body)
            #expect(accepted.status == 202)
            #expect(try await ingest.deliver(body, secret: "wrong").status == 401)
            let right = signature(of: Array(body.utf8), secret: IngestProgram.secret).dropFirst(7)
            #expect(try await ingest.program.said("signature refused"))
            #expect(!ingest.program.text.contains(IngestProgram.secret))
            #expect(!ingest.program.text.contains(right))
        }
    }
}
