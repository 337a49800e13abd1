import TestSupport
import Testing

/// Each check of a page finds what it is there for, and nothing in a good page.
@Suite(.timeLimit(.minutes(15))) struct ChecksInBrowserTests {
    @Test func `a good page is good in all looks, and without scripts`() async throws {
        try await TestServer.run(service: SamplePages.service) { server in
            try await Browser.open("http://127.0.0.1:\(server.port)/good") { page in
                #expect(try await page.problemsInAllLooks() == [])
                #expect(try await page.scriptProblems() == [])
                // A shadow shows the focus as well as a ring does.
                try await page.go(to: "http://127.0.0.1:\(server.port)/shaded")
                #expect(try await page.problems() == [])
            }
        }
    }

    @Test func `a bad page has the problem that it has, and no other`() async throws {
        let expected: [(path: String, problems: [String])] = [
            ("/fails", ["console: javascript: "]),
            ("/reports", ["console: console-api: "]),
            ("/lost", ["console: network: "]),
            ("/policy", ["policy: "]),
            ("/wide", ["sideways: 20", "sideways: <p>Wider"]),
            ("/narrow", []),
            ("/nameless", ["nameless: button <button", "nameless: textbox <input", "nameless: link <a", "nameless: "]),
            (
                "/unreachable",
                ["keyboard: Tab does not come to: <button tab", "keyboard: Tab does not come to: <span role"]
            ),
            ("/unseen", ["keyboard: the focus does not show: <button>Where"]),
            ("/pale", ["contrast: 2.8"]),
            ("/faint", ["contrast: "]),
            ("/dim", []),
        ]
        try await TestServer.run(service: SamplePages.service) { server in
            try await Browser.open("http://127.0.0.1:\(server.port)/good") { page in
                for (path, problems) in expected {
                    try await page.go(to: "http://127.0.0.1:\(server.port)\(path)")
                    let found = try await page.problems()
                    let fits = found.count == problems.count && zip(found, problems).allSatisfy { $0.hasPrefix($1) }
                    #expect(fits, "\(path): \(found)")
                }
            }
        }
    }

    @Test func `what is bad in one look only is found there`() async throws {
        try await TestServer.run(service: SamplePages.service) { server in
            try await Browser.open("http://127.0.0.1:\(server.port)/dim") { page in
                let dim = try await page.problemsInAllLooks()
                #expect(dim.count == 2 && dim.allSatisfy { $0.contains("contrast: 2.") }, "\(dim)")
                #expect(dim.first?.hasPrefix("dark, window: ") == true && dim.last?.hasPrefix("dark, 360 px: ") == true)
                try await page.go(to: "http://127.0.0.1:\(server.port)/narrow")
                let narrow = try await page.problemsInAllLooks()
                #expect(narrow.count == 4 && narrow.allSatisfy { $0.contains(", 360 px: sideways: ") }, "\(narrow)")
                try await page.go(to: "http://127.0.0.1:\(server.port)/late")
                #expect(
                    try await page.scriptProblems() == [
                        "script: not there without it: h2  Only now", "script: not there without it: a /x",
                    ]
                )
            }
        }
    }
}
