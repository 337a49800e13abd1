import Database
import Foundation
import TestSupport
import Testing

/// The pages in a real browser.
@Suite(.timeLimit(.minutes(30))) struct DashboardInBrowserTests {
    /// A system in which a bit of everything happened, with titles and names that are long or hostile.
    private static func fill(_ connection: Connection) async throws {
        let long = String(repeating: "a-word-without-an-end-", count: 12)
        var seeds: [CommandsSeed] = []
        for number in 0..<60 {
            var seed = CommandsSeed(age: Double(number) * 40)
            switch number % 5 {
            case 0:
                seed.status = .failed
                seed.error = number == 0 ? "\(long) <img src=x onerror=alert(1)>" : "deadlock detected"
            case 1: seed.status = .pending
            default:
                seed.status = .completed
                seed.result = """
                    {"outcome": "applied", "projects": [{"project": "GH", "issue": "GH-\(number)", "changes":
                    ["created GH-\(number) in Backlog", "label \(number == 2 ? long : "bug") added"], "did": []}],
                    "unmapped": [{"id": 583231, "login": "octocat"}]}
                    """
            }
            if number == 3 { seed.repository = "octo-demo/\(long.prefix(90))" }
            seeds.append(seed)
        }
        try await connection.insert(seeds)
        _ = try await connection.connectRepository(1_296_269, "octocat/hello")
    }

    private static let paths = [
        "/", "/events", "/events?status=failed", "/events/replay", "/issues", "/failures", "/repositories",
        "/repositories/octocat/hello", "/jobs", "/outbound", "/people", "/analytics",
    ]

    @Test(arguments: [true, false])
    func `each page is sound in both schemes, on a telephone, by keyboard and without script`(
        isFull: Bool
    ) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            if isFull { try await Self.fill(connection) }
            try await DashboardProgram.withUsers(database, ["DASHBOARD_PAYLOADS": "viewer"]) { dashboard in
                let secret = "\(DashboardProgram.secret)1"
                let address = "127.0.0.1:\(dashboard.port)"
                try await Browser.open("http://oscar:\(secret)@\(address)/") { page in
                    var paths = Self.paths
                    if isFull {
                        let ids: [UUID] = try await connection.values(
                            """
                            select distinct on (status) id as value
                            from github_sync.github_webhook_events order by status, id desc
                            """
                        )
                        paths += ids.map { "/events/\($0.uuidString.lowercased())" }
                    } else {
                        paths.removeAll { $0.hasPrefix("/repositories/") }
                    }
                    for path in paths {
                        try await page.go(to: "http://\(address)\(path)")
                        let problems = try await page.problemsInAllLooks() + page.scriptProblems()
                        #expect(problems == [], "\(path): \(problems)")
                    }
                }
            }
        }
    }

    @Test func `a delivery shows while somebody looks, and a seventh tab loads`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let dashboard = try await DashboardProgram(database)
            let address = "http://127.0.0.1:\(dashboard.port)"
            try await Browser.open("\(address)/") { page in
                #expect(try await page.text.contains("Nothing waits"))
                try await connection.insert(CommandsSeed())
                let isShown = try await eventually(within: .seconds(120)) {
                    try await page.text.contains("1 event waits")
                }
                #expect(isShown)
                for _ in 0..<7 {
                    try await page.openTab("\(address)/")
                    #expect(try await page.find("nav a[aria-current]").text == "Overview")
                }
                try await page.go(to: "\(address)/events")
                #expect(try await page.find("#newer").isShown == false)
                try await connection.insert([CommandsSeed(), CommandsSeed()])
                let isTold = try await eventually(within: .seconds(120)) {
                    try await page.text.contains("2 new")
                }
                #expect(isTold)
                #expect(try await page.all("tbody tr").count == 1)
            }
        }
    }

    @Test func `an operator replays what failed, and is told what was done`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            var seed = CommandsSeed()
            seed.status = .failed
            seed.error = "deadlock detected"
            try await connection.insert(seed)
            try await DashboardProgram.withUsers(database, ["DASHBOARD_HOSTS": "sync.test"]) { dashboard in
                let secret = "\(DashboardProgram.secret)1"
                let address = "sync.test:\(dashboard.port)"
                // A plain name, where browsers send Origin and no Sec-Fetch-Site.
                try await Browser.open("http://oscar:\(secret)@\(address)/", hosts: ["sync.test"]) { page in
                    try await page.go(to: "http://\(address)/failures")
                    try await page.find("a[href^='/events/replay']").click()
                    #expect(try await page.find("h1").text == "Replay 1 failed event?")
                    try await page.find("main button").click()
                    #expect(try await page.find("[role=status]").text.contains("1 replayed"))
                    #expect(try await connection.status(of: seed.id) == .pending)
                }
            }
        }
    }
}
