import Base
import Database
import Foundation
import TestSupport
import Testing

/// Where people look when nothing comes: a wrong secret, a repository that nobody follows, a ping.
@Suite struct RefusedDeliveriesTests {
    private static func ping(_ id: Int, _ name: String) -> String {
        #"{"zen":"Design for failure.","hook_id":1,"repository":{"id":\#(id),"full_name":"\#(name)"}}"#
    }

    /// Everything that can go wrong with a new webhook, and a ping that went well.
    private static func sendAll(to ingest: IngestProgram) async throws {
        let followed = Self.ping(700_100_200, "acme-labs/rocket")
        #expect(try await ingest.deliver(followed, event: "ping").status == 200)
        #expect(try await ingest.deliver(followed, event: "ping", secret: "another").status == 401)
        #expect(try await ingest.deliver(Self.ping(8, "octocat/new"), event: "ping").status == 200)
        let organization = #"{"zen":"a","hook_id":2,"organization":{"login":"octo-org"}}"#
        #expect(try await ingest.deliver(organization, event: "ping").status == 200)
        let fields = [("Content-Type", "application/json"), ("X-GitHub-Event", "issues"), ("X-GitHub-Delivery", "a")]
        let unsigned = try await TestHTTP(port: ingest.port).send(
            "POST",
            IngestProgram.path,
            fields,
            body: [0x7B, 0x7D]
        )
        #expect(unsigned.status == 401)
        var unwanted = SampleDelivery()
        (unwanted.repositoryID, unwanted.repositoryName) = (7, "octocat/unknown")
        for _ in 0..<3 { #expect(try await ingest.deliver(unwanted.issue).status == 404) }
    }

    @Test func `status, doctor, log and heartbeat tell of each, with what to do`() async throws {
        try await IngestProgram.with { ingest, connection in
            try await Self.sendAll(to: ingest)
            // The heartbeat of the start came before.
            let isTold = try await eventually(within: .seconds(25)) {
                let json = try await CommandsRun.worker(["status", "--json"], on: ingest.database, as: .monitor).json
                return ((json["ingest"] as? [[String: Any]])?.first?["pings"] as? [Any])?.count == 3
            }
            #expect(isTold)

            let status = try await CommandsRun.worker(["status"], on: ingest.database, as: .monitor).lines
            func line(_ beginning: String) -> [Substring] {
                status.first { $0.hasPrefix(beginning) }?.split(separator: #/\s{2,}/#) ?? []
            }
            #expect(line("signed with another secret").dropFirst().first == "1")
            #expect(line("signed with another secret").last?.contains("compare the webhook's secret in GitHub") == true)
            #expect(line("not signed").dropFirst().first == "1")
            #expect(line("of a repository that no project follows").dropFirst().first == "3")
            #expect(line("acme-labs/rocket").last == "yes")
            #expect(line("octo-org").last == "-")
            let connect = "plane-worker connect --workspace SLUG --project IDENTIFIER --repository"
            #expect(line("octocat/new").last == "no: \(connect) octocat/new")
            #expect(line("octocat/unknown").last == "\(connect) octocat/unknown")

            let findings = try await Self.ingestFindings(ingest.database)
            #expect(findings.filter { $0.hasPrefix("ok: a ping of acme-labs/rocket came") }.count == 1)
            #expect(findings.filter { $0.hasPrefix("ok: a ping of octo-org came") }.count == 1)
            #expect(findings.contains("warning: a ping of octocat/new came, and no project follows it"))
            #expect(findings.contains("warning: octocat/unknown sends, and no project follows it (deliveries: 3)"))
            #expect(findings.contains { $0.hasPrefix("warning: refused, not signed: 1, the last ") })
            #expect(findings.contains { $0.hasPrefix("warning: refused, signed with another secret: 1, the last ") })

            let log = ingest.program.text.split(separator: "\n")
            func said(_ words: String) -> [Substring] { log.filter { $0.contains(words) } }
            #expect(said("ping answered").first?.contains(#""repository":"acme-labs/rocket""#) == true)
            #expect(said("ping answered").first?.contains(#""level":"info""#) == true)
            #expect(said(#""reason":"mismatch""#).count == 1 && said(#""reason":"missing""#).count == 1)
            #expect(said("no project follows this repository").count == 1)
            #expect(said("no project follows this repository").first?.contains(#""octocat/unknown""#) == true)

            // Once it is followed nothing says any longer that it is not.
            _ = try await connection.connectRepository(7, "octocat/unknown")
            _ = try await connection.connectRepository(8, "octocat/new")
            let isForgotten = try await eventually(within: .seconds(25)) {
                let findings = try await Self.ingestFindings(ingest.database)
                return !findings.contains { $0.contains("no project follows it") }
                    && findings.contains { $0.hasPrefix("ok: a ping of octocat/new came") }
            }
            #expect(isForgotten)
        }
    }

    private static func ingestFindings(_ database: TestDatabase) async throws -> [String] {
        let json = try await CommandsRun.worker(["doctor", "--json"], on: database).json
        return (json["checks"] as? [[String: Any]] ?? []).filter { $0["check"] as? String == "ingest" }.map {
            "\($0["verdict"] ?? ""): \($0["text"] ?? "")"
        }
    }
}
