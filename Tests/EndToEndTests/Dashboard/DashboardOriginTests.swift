import Database
import Foundation
import TestSupport
import Testing

/// What a page of somebody else can make a browser do: nothing.
@Suite struct DashboardOriginTests {
    @Test(.timeLimit(.minutes(15)))
    func `only a form of our own pages changes something`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            var seed = CommandsSeed()
            seed.status = .failed
            try await connection.insert(seed)
            let form = "id=\(seed.id.uuidString.lowercased())"
            try await DashboardProgram.withUsers(database) { dashboard in
                let refused: [[(String, String)]] = [
                    [], [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")],
                    [("Sec-Fetch-Site", "none")], [("Origin", "null")], [("Origin", "http://evil.example")],
                    [("Origin", "https://127.0.0.1")], [("Origin", "http://127.0.0.1:81")],
                    [("Sec-Fetch-Site", "cross-site"), ("Origin", "http://127.0.0.1")],
                    [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
                ]
                for fields in refused {
                    let answer = try await dashboard.post("/events/replay", form, as: "oscar", fields)
                    #expect(answer.status == 403, "\(fields)")
                }
                #expect(try await dashboard.get("/jobs/\(seed.id)/cancel", as: "oscar").status == 405)
                #expect(try await dashboard.post("/api/events/replay", form, as: "oscar").status == 403)
                let json = [("Sec-Fetch-Site", "same-origin"), ("Content-Type", "application/json")]
                let typed = try await TestHTTP(port: dashboard.port).send(
                    "POST",
                    "/events/replay",
                    [DashboardProgram.authorization("oscar")] + json,
                    body: Array("{}".utf8)
                )
                #expect(typed.status == 415)
                #expect(try await dashboard.post("/events/replay", form, as: "vera").status == 403)
                #expect(try await connection.status(of: seed.id) == .failed)

                let done = try await dashboard.post(
                    "/events/replay",
                    form,
                    as: "oscar",
                    [("Origin", "http://127.0.0.1")]
                )
                #expect(done.status == 303)
                #expect(done.fields["location"] == "/events?replayed=1")
                #expect(try await connection.status(of: seed.id) == .pending)
                let page = try await dashboard.get("/events?replayed=1", as: "oscar")
                #expect(page.body.contains("1 replayed"))
                // Who did it is on record.
                #expect(dashboard.program.text.contains(#""user":"oscar""#))
                let replayed = try await dashboard.get("/events/\(seed.id)", as: "vera")
                #expect(replayed.body.contains("replay by oscar (dashboard)"))
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `where actions are off nobody changes anything, and sees no button for it`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            var seed = CommandsSeed()
            seed.status = .failed
            try await connection.insert(seed)
            try await DashboardProgram.withUsers(database, ["DASHBOARD_ACTIONS": "false"]) { dashboard in
                for name in ["oscar", "ada"] {
                    let form = "id=\(seed.id.uuidString.lowercased())"
                    let answer = try await dashboard.post("/events/replay", form, as: name)
                    #expect(answer.status == 403 && answer.body.contains("read_only"))
                    let page = try await dashboard.get("/events/\(seed.id)", as: name)
                    #expect(page.status == 200 && !page.body.contains("method=\"post\""))
                }
                #expect(try await connection.status(of: seed.id) == .failed)
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a name that is not ours is refused, an address and localhost are not`() async throws {
        try await TestDatabase.with { database in
            try await DashboardProgram.withUsers(database, ["DASHBOARD_HOSTS": "sync.example.com"]) { dashboard in
                let (name, value) = DashboardProgram.authorization("vera")
                for (host, status) in [
                    ("sync.example.com", 200), ("SYNC.example.com:8090", 200), ("localhost:1", 200),
                    ("127.0.0.1", 200), ("[::1]:8090", 200), ("192.0.2.7", 200), ("evil.example", 421),
                    ("sync.example.com.evil.example", 421), ("localhost.evil.example", 421),
                ] {
                    let client = try TestHTTP(port: dashboard.port)
                    let head = "GET / HTTP/1.1\r\nHost: \(host)\r\n\(name): \(value)\r\n\r\n"
                    try await client.write(Array(head.utf8))
                    #expect(try await client.read().status == status, "\(host)")
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `every answer forbids what a page does not need`() async throws {
        try await TestDatabase.with { database in
            let dashboard = try await DashboardProgram(database)
            for path in ["/", "/events", "/nothing", "/api/", "/events/x"] {
                let fields = try await dashboard.get(path).fields
                let policy = fields["content-security-policy"] ?? ""
                #expect(policy.hasPrefix("default-src 'none'; style-src 'self'; script-src 'self';"), "\(path)")
                #expect(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"))
                #expect(fields["referrer-policy"] == "same-origin")
                #expect(fields["cache-control"] == "no-store")
                #expect(fields["x-content-type-options"] == "nosniff")
            }
            let page = try await dashboard.get("/").body
            #expect(!page.contains("style="))
            for kind in ["css", "js"] {
                let match = page.firstMatch(of: try Regex("/assets/dashboard\\.[0-9a-f]+\\.\(kind)"))
                let asset = try await dashboard.get(String(try #require(match).0))
                #expect(asset.status == 200)
                #expect(asset.fields["cache-control"]?.contains("immutable") == true)
                #expect(asset.body.utf8.count <= (kind == "css" ? 12_000 : 10_000))
            }
        }
    }
}
