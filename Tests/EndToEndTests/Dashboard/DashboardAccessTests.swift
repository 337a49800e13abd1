import Database
import Foundation
import TestSupport
import Testing

/// Who may see the pages, and who may change something there.
@Suite struct DashboardAccessTests {
    @Test(.timeLimit(.minutes(15)))
    func `each signs in with their secret, and every wrong one gets the same answer`() async throws {
        try await TestDatabase.with { database in
            try await DashboardProgram.withUsers(database) { dashboard in
                for name in ["vera", "oscar", "ada"] {
                    let page = try await dashboard.get("/", as: name)
                    #expect(page.status == 200)
                    #expect(page.body.contains(name))
                }
                let none = try await dashboard.get("/")
                #expect(none.status == 401)
                #expect(none.fields["www-authenticate"]?.hasPrefix("Basic realm=") == true)
                let wrong = [
                    "vera:\(DashboardProgram.secret)1", "vera:", "nobody:\(DashboardProgram.secret)0", "vera", "",
                ]
                for text in wrong {
                    let field = ("Authorization", "Basic \(Data(text.utf8).base64EncodedString())")
                    #expect(try await dashboard.get("/", [field]) == none, "\(text)")
                }
                #expect(try await dashboard.get("/", [("Authorization", "Bearer x")]).status == 401)
                #expect(try await dashboard.get("/healthz").body == "ok\n")
                #expect(!dashboard.program.text.contains(DashboardProgram.secret))
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `after ten wrong guesses in a second an address has to wait`() async throws {
        try await TestDatabase.with { database in
            try await DashboardProgram.withUsers(database) { dashboard in
                let wrong = [("Authorization", "Basic \(Data("vera:guess".utf8).base64EncodedString())")]
                // A busy machine may need more than a second for ten of them: then it is tried once more.
                let isLimited = try await eventually(within: .seconds(300)) {
                    var statuses: [Int] = []
                    for _ in 0..<14 { statuses.append(try await dashboard.get("/", wrong).status) }
                    return statuses.first == 401 && statuses.contains(429)
                }
                #expect(isLimited)
                let page = try await eventually { try await dashboard.get("/", as: "vera").status == 200 }
                #expect(page)
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `without users only this machine may look, sees no bodies and changes nothing`() async throws {
        try await TestDatabase.with { database in
            var seed = CommandsSeed()
            seed.status = .failed
            seed.payload = #"{"action":"opened","private":"not for everybody"}"#
            try await database.connection().insert(seed)
            let settings = ["DASHBOARD_ACTIONS": "true", "DASHBOARD_PAYLOADS": "viewer"]
            let dashboard = try await DashboardProgram(database, settings)
            let page = try await dashboard.get("/events/\(seed.id.uuidString.lowercased())")
            #expect(page.status == 200)
            #expect(!page.body.contains("not for everybody"))
            #expect(!page.body.contains("<button"))
            let replay = try await dashboard.post("/events/replay", "id=\(seed.id)")
            #expect(replay.status == 403)
            #expect(try await database.connection().status(of: seed.id) == .failed)
            #expect(try await dashboard.get("/", [("X-Forwarded-For", "192.0.2.1")]).status == 403)
            #expect(try await dashboard.stop() == 0)
        }
    }

    @Test(
        arguments: [
            (["DASHBOARD_LISTEN": "0.0.0.0:0"], "DASHBOARD_LISTEN"),
            (["DASHBOARD_LISTEN": "[::]:0"], "DASHBOARD_LISTEN"),
            (["DASHBOARD_HOSTS": "sync.example.com"], "DASHBOARD_HOSTS"),
            (["DASHBOARD_USER_HEADER": "X-User"], "DASHBOARD_USER_HEADER"),
            (["DASHBOARD_ROLE_HEADER": "X-Role"], "DASHBOARD_ROLE_HEADER"),
            (["DASHBOARD_PAYLOADS": "everybody"], "DASHBOARD_PAYLOADS"),
            (["DASHBOARD_PREFIX": "sync"], "DASHBOARD_PREFIX"),
            (["DASHBOARD_PREFIX": "/a/../b"], "DASHBOARD_PREFIX"),
            (["DASHBOARD_USERS_FILE": "/nonexistent"], "DASHBOARD_USERS_FILE"),
        ]
    )
    func `settings that cannot be used end the program with status 2`(
        _ settings: [String: String],
        _ name: String
    ) async throws {
        let base = ["DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "DASHBOARD_LISTEN": "127.0.0.1:0"]
        let run = try await CommandsRun.worker(["dashboard"], environment: base.merging(settings) { $1 })
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("plane-worker: \(name)"))
    }

    @Test(.timeLimit(.minutes(15)))
    func `a file that others may read, and a weak secret, are refused without naming the secret`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "users-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        for (text, mode, words) in [
            ("vera:viewer:\(DashboardProgram.secret)", 0o644, "mode 644"),
            ("vera:viewer:hunter2hunter2", 0o600, "less than 128 bits"),
            ("vera:boss:\(DashboardProgram.secret)", 0o600, "'boss'"), ("vera", 0o600, "name:role:secret"),
            ("", 0o600, "names nobody"),
        ] {
            try? FileManager.default.removeItem(at: file)
            _ = FileManager.default.createFile(
                atPath: file.path,
                contents: Data(text.utf8),
                attributes: [.posixPermissions: mode]
            )
            let run = try await CommandsRun.worker(
                ["dashboard"],
                environment: ["DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "DASHBOARD_USERS_FILE": file.path]
            )
            #expect(run.status == 2)
            #expect(run.errors.contains(words))
            #expect(!run.errors.contains("hunter2") && !run.errors.contains(DashboardProgram.secret))
        }
    }

    @Test(
        .enabled("no mount may be made here", canMount),
        .timeLimit(.minutes(15)),
        arguments: [("444", true), ("466", false), ("444", nil)]
    )
    func `a users file that everybody may read is taken where a container's runtime mounted it`(
        _ mode: String,
        _ isTaken: Bool?
    ) async throws {
        // The prefix is read after the users: it ends the program where they were taken.
        let run = try await CommandsRun.script(
            "/bin/bash",
            """
            set -e
            secrets=$(mktemp -d)
            trap 'rm -rf -- "$secrets"' EXIT
            "$1/make-secrets" "$secrets/of the service" >/dev/null
            cd "$secrets/of the service"
            grep -q '^admin:admin:' dashboard-users
            chmod \(mode) dashboard-users
            unshare --user --map-root-user --mount /bin/bash -ec \
                '\(isTaken == nil ? "" : "mount --bind dashboard-users dashboard-users")
                DATABASE_URL=postgres://nobody@127.0.0.1:1/none DASHBOARD_USERS_FILE=$PWD/dashboard-users \\
                    DASHBOARD_PREFIX=sync exec plane-worker dashboard'
            """,
            URL(filePath: "deploy/container").path
        )
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("plane-worker: \(isTaken == true ? "DASHBOARD_PREFIX" : "DASHBOARD_USERS_FILE")"))
    }

    /// Whether anybody may have mounts of their own here.
    private static func canMount() async throws -> Bool {
        try await CommandsRun.script("/bin/bash", "unshare --user --map-root-user --mount true").status == 0
    }

    @Test(.timeLimit(.minutes(15)))
    func `the word of a proxy counts only from a trusted address`() async throws {
        try await TestDatabase.with { database in
            let settings = [
                "DASHBOARD_USER_HEADER": "X-Forwarded-User", "DASHBOARD_ROLE_HEADER": "X-Role",
                "TRUSTED_PROXIES": "127.0.0.2", "DASHBOARD_ACTIONS": "true",
            ]
            let dashboard = try await DashboardProgram(database, settings)
            let fields = [("X-Forwarded-User", "oscar"), ("X-Role", "operator")]
            #expect(try await dashboard.get("/", fields).status == 401)
            let proxy = { try TestHTTP(port: dashboard.port, from: "127.0.0.2") }
            let page = try await proxy().send("GET", "/", fields)
            #expect(page.status == 200)
            #expect(page.body.contains("oscar<br>operator"))
            for fields in [
                [("X-Role", "admin")], [("X-Forwarded-User", "oscar")],
                [("X-Forwarded-User", "oscar"), ("X-Role", "boss")],
                [("X-Forwarded-User", "oscar"), ("X-Forwarded-User", "ada"), ("X-Role", "admin")],
            ] {
                #expect(try await proxy().send("GET", "/", fields).status == 401, "\(fields)")
            }
        }
    }
}
