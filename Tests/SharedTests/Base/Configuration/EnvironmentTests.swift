import Base
import Database
import Testing

@Suite struct EnvironmentTests {
    @Test(arguments: [
        ("WORKER_CONCURENCY", "WORKER_CONCURRENCY"), ("DATABASE_ULR", "DATABASE_URL"), ("LOG_LEVLE", "LOG_LEVEL"),
        // Known, somebody else's, of a source with any name, without our prefix.
        ("DATABASE_URL", nil), ("GITHUB_ACTIONS", nil), ("GITHUB_WEBHOOK_SECRET_A", nil), ("GITLAB_TOKEN", nil),
    ])
    func `a mistyped variable is told from a stranger's`(_ name: String, _ meant: String?) {
        let help = ["  DATABASE_URL, LOG_LEVEL", "  WORKER_CONCURRENCY  (see GITHUB_WEBHOOK_SECRET or GITHUB_TOKEN)"]
        let expected = meant.map { ["\(name) is set and not known, did you mean \($0)?"] } ?? []
        #expect(Environment([name: "x"]).mistyped(help: help) == expected)
    }

    @Test func `a number out of range names the variable, the value and the range`() throws {
        let environment = Environment(["N": "many", "M": "99", "OK": "7"])
        #expect(throws: Environment.Problem("N is 'many', expected a number from 1 to 64")) {
            try environment.int("N", in: 1...64, default: 4)
        }
        #expect(throws: Environment.Problem("M is '99', expected a number from 1 to 64")) {
            try environment.int("M", in: 1...64, default: 4)
        }
        #expect(try environment.int("OK", in: 1...64, default: 4) == 7)
        #expect(try environment.int("UNSET", in: 1...64, default: 4) == 4)
    }

    @Test(arguments: [("true", true), ("1", true), ("on", true), ("No", false), ("", false)])
    func `a flag is read generously`(text: String, value: Bool) throws {
        #expect(try Environment(["F": text]).flag("F") == value)
    }

    @Test func `a flag that is neither is refused`() {
        #expect(throws: Environment.Problem("F is 'perhaps', expected true or false")) {
            try Environment(["F": "perhaps"]).flag("F")
        }
    }

    @Test func `seconds may have a fraction but no nonsense`() throws {
        #expect(try Environment(["S": "0.5"]).seconds("S", in: 0...10, default: .zero) == .milliseconds(500))
        for text in ["nan", "-1", "11", "1s"] {
            #expect(throws: Environment.Problem.self) {
                try Environment(["S": text]).seconds("S", in: 0...10, default: .zero)
            }
        }
    }

    @Test func `a missing database address says what is expected`() {
        #expect(throws: Environment.Problem.self) { try Environment([:]).database(applicationName: "x") }
    }

    @Test(arguments: [
        "postgres://user:hunter2@[::1/plane", "host=x password=hunter2 nonsense",
        "postgres://u:hunter2@h/p?wrong=1",
    ])
    func `a database address that cannot be read is refused without showing it`(url: String) {
        let problem = #expect(throws: Environment.Problem.self) {
            try Environment(["DATABASE_URL": url]).database(applicationName: "x")
        }
        #expect(problem?.description.contains("DATABASE_URL cannot be read") == true)
        #expect(problem?.description.contains("hunter2") == false)
    }

    @Test(arguments: [
        "postgres://u:p@h1:5432,h2/plane?target_session_attrs=read-write", "host=/tmp dbname=plane", "plane",
        "postgresql:///plane",
    ])
    func `any address libpq takes is taken`(url: String) throws {
        #expect(try Environment(["DATABASE_URL": url]).database(applicationName: "x").url == Secret(url))
    }

    @Test func `a secret shows itself only when asked`() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(secret.reveal() == "hunter2")
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped)".contains("hunter2"))
    }
}
