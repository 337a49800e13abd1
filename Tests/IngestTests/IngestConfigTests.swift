import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import HTTP
@testable import Ingest
@testable import Spool

@Suite struct IngestConfigTests {
    private static let base = ["DATABASE_URL": "postgres://x/y", "GITHUB_WEBHOOK_SECRET": "s"]

    private func config(_ values: [String: String]) throws -> IngestConfig {
        try IngestConfig(Self.base.merging(values) { $1 }, processors: 3)
    }

    @Test func `what is not set has the value that help tells`() throws {
        let config = try config([:])
        #expect(config.listen.description == "127.0.0.1:8080")
        #expect(config.loops == 3)
        #expect(config.writers == 2)
        #expect(config.bytesInFlight == 67_108_864)
        #expect(config.repositoryCache == .seconds(5))
        #expect(config.storeLimit == .seconds(8))
        #expect(config.drainLimit == .seconds(10))
        #expect(config.http.connections == 10_000)
        #expect(config.http.connectionsPerAddress == 256)
        #expect(!config.database.pooled)
        #expect(!config.secrets.allowsUnsigned)
    }

    @Test(arguments: [
        "INGEST_LISTEN", "INGEST_LOOPS", "INGEST_WRITERS", "INGEST_MAX_CONNECTIONS",
        "INGEST_MAX_CONNECTIONS_PER_ADDRESS",
        "INGEST_MAX_BYTES_IN_FLIGHT", "INGEST_REPOSITORY_CACHE", "INGEST_STORE_SECONDS", "INGEST_DRAIN_SECONDS",
        "INGEST_SPOOL_MAX_BYTES", "INGEST_SPOOL_AFTER", "TRUSTED_PROXIES", "ALLOW_UNSIGNED_WEBHOOKS", "DATABASE_POOLED",
    ]) func `each setting is in the help, and a bad value names it`(_ name: String) {
        #expect(Usage.text.contains("  \(name) ") || Usage.text.contains("  \(name)\n"))
        let problem = #expect(throws: Environment.Problem.self) { try config([name: "-?-"]) }
        #expect(problem?.description.contains(name) == true)
        #expect(problem?.description.contains("expected") == true)
    }

    @Test func `the budget has room for one delivery of the largest size`() throws {
        #expect(throws: Environment.Problem.self) { try config(["INGEST_MAX_BYTES_IN_FLIGHT": "26214399"]) }
        #expect(try config(["INGEST_MAX_BYTES_IN_FLIGHT": "26214400"]).bytesInFlight == ByteBudget.largestBody)
    }

    @Test func `there is no spool unless it has a directory, and it takes over before the time is up`() throws {
        #expect(try config([:]).spool == nil)
        let spool = try #require(try config(["INGEST_SPOOL_DIR": "/spool"]).spool)
        #expect(spool.directory == "/spool")
        #expect(spool.maxBytes == 1_073_741_824)
        #expect(spool.patience == .seconds(2))
        #expect(Usage.text.contains("  INGEST_SPOOL_DIR "))
        let quick = try config(["INGEST_SPOOL_DIR": "/spool", "INGEST_STORE_SECONDS": "1"]).spool
        #expect(quick?.patience == .seconds(0.5))
        #expect(throws: Environment.Problem.self) {
            try config(["INGEST_SPOOL_DIR": "/spool", "INGEST_SPOOL_AFTER": "8"])
        }
    }

    @Test func `secrets are separated by commas and newlines, blanks around them are not theirs`() throws {
        #expect(try config(["GITHUB_WEBHOOK_SECRET": " a ,b\nc\r\n,, d e "]).secrets.uses.map(\.index) == [0, 1, 2, 3])
        #expect(throws: Environment.Problem.self) { try config(["GITHUB_WEBHOOK_SECRET": " , \n"]) }
    }

    @Test func `a file holds one secret per line, commas included, after those of the variable`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID().text)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("b,c\n\nd\n".utf8).write(to: file)
        let settings = try config(["GITHUB_WEBHOOK_SECRET_FILE": file.path])
        #expect(settings.secrets.uses.count == 3)
        try Data("\n \n".utf8).write(to: file)
        #expect(throws: Environment.Problem.self) { try config(["GITHUB_WEBHOOK_SECRET_FILE": file.path]) }
        #expect(throws: Environment.Problem.self) { try config(["GITHUB_WEBHOOK_SECRET_FILE": "/nowhere"]) }
    }

    @Test func `a variable with a name at its end belongs to that source`() throws {
        let secrets = try config(["GITHUB_WEBHOOK_SECRET_ACME_CORP": "x,y", "GITHUB_WEBHOOK_SECRET_B2": "z"]).secrets
        #expect(secrets.uses.map(\.source) == ["", "acme-corp", "acme-corp", "b2"])
        guard case .signed(let keys) = secrets.policy(for: "acme-corp"), keys.count == 2,
            case .refused = secrets.policy(for: "acme_corp"), case .refused = secrets.policy(for: "nobody")
        else {
            Issue.record("wrong policy")
            return
        }
        for name in ["GITHUB_WEBHOOK_SECRET_", "GITHUB_WEBHOOK_SECRET_acme", "GITHUB_WEBHOOK_SECRET_A.B"] {
            #expect(throws: Environment.Problem.self) { try config([name: "x"]) }
        }
    }

    @Test func `Plane's secrets come from a variable and a file, and are no source that a path can name`() throws {
        #expect(try !config([:]).secrets.takesWakes)
        let file = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID().text)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("b,c\n".utf8).write(to: file)
        let values = ["PLANE_WEBHOOK_SECRET": "x, y", "PLANE_WEBHOOK_SECRET_FILE": file.path]
        let secrets = try config(values).secrets
        #expect(secrets.takesWakes)
        #expect(secrets.uses.map(\.source) == ["", "Plane", "Plane", "Plane"])
        #expect(secrets.weak.contains("PLANE_WEBHOOK_SECRET"))
        #expect(!WebhookSecrets.isSource(WebhookSecrets.planeSource))
        guard case .signed(let keys) = secrets.policy(for: WebhookSecrets.planeSource), keys.count == 3 else {
            Issue.record("wrong policy")
            return
        }
        for name in values.keys {
            #expect(Usage.text.contains("  \(name) "))
            #expect(throws: Environment.Problem.self) { try config([name: " , \n"]) }
        }
    }

    @Test func `Plane's secret does not stand for GitHub's, and wake-ups never come unsigned`() throws {
        let none = ["GITHUB_WEBHOOK_SECRET": ""]
        #expect(throws: Environment.Problem.self) { try config(none.merging(["PLANE_WEBHOOK_SECRET": "x"]) { $1 }) }
        let open = try config(none.merging(["ALLOW_UNSIGNED_WEBHOOKS": "true"]) { $1 }).secrets
        #expect(!open.takesWakes)
        guard case .refused = open.policy(for: WebhookSecrets.planeSource) else {
            Issue.record("unsigned wake-ups are taken")
            return
        }
    }

    @Test func `unsigned deliveries are taken only where there is no secret and it is asked for`() throws {
        let open = try config(["GITHUB_WEBHOOK_SECRET": "", "ALLOW_UNSIGNED_WEBHOOKS": "true"]).secrets
        guard case .unsigned = open.policy(for: ""), case .refused = open.policy(for: "any") else {
            Issue.record("wrong policy")
            return
        }
        let closed = try config(["ALLOW_UNSIGNED_WEBHOOKS": "true"]).secrets
        #expect(!closed.allowsUnsigned)
        guard case .signed = closed.policy(for: "") else {
            Issue.record("the secret is not asked for")
            return
        }
        #expect(throws: Environment.Problem.self) { try config(["GITHUB_WEBHOOK_SECRET": ""]) }
    }
}
