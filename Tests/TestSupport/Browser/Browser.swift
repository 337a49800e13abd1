import Foundation

/// A headless Chromium of a test's own, with a profile of its own, that is gone when the test is.
package enum Browser {
    /// Each one is several processes, on few cores.
    private static let gate = Gate(2)

    /// Opens `url` in a new browser, runs `body` with the page, and ends the browser, whatever happens.
    ///
    /// It takes each of `hosts` for a name of 127.0.0.1; without TLS, pages of such a name lack the rights of localhost.
    package static func open<Value: Sendable>(
        _ url: String,
        hosts: [String] = [],
        _ body: (Page) async throws -> Value
    ) async throws -> Value {
        await gate.enter()
        do {
            let value = try await run(url, hosts, body)
            gate.leave()
            return value
        } catch {
            gate.leave()
            throw error
        }
    }

    private static func run<Value: Sendable>(
        _ url: String,
        _ hosts: [String],
        _ body: (Page) async throws -> Value
    ) async throws -> Value {
        // A short name: the browser puts a socket there, whose whole path may have 107 bytes.
        let directory = try TestEnvironment.state.appending(path: "browser-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        let driver = try await WebDriver(in: directory)
        let result: Result<Value, any Error>
        do {
            let page = try await start(driver, directory, hosts)
            do {
                try await page.go(to: url)
                result = .success(try await body(page))
            } catch {
                result = .failure(error)
            }
            // One that does not end in order ends with its driver.
            try? await page.endBrowser()
        } catch {
            try? await end(driver, directory)
            throw error
        }
        try await end(driver, directory)
        return try result.get()
    }

    private static func start(_ driver: WebDriver, _ directory: URL, _ hosts: [String]) async throws -> Page {
        struct Session: Decodable { let sessionId: String }
        var arguments = [
            "--headless=new", "--user-data-dir=\(directory.path)/profile", "--no-first-run", "--lang=en-US",
            "--window-size=1280,900", "--disable-background-networking", "--disable-component-update",
            // The browser ends when the driver does, however that ends.
            "--remote-debugging-pipe",
        ]
        // Chromium's sandbox refuses to be root's.
        if geteuid() == 0 { arguments.append("--no-sandbox") }
        if !hosts.isEmpty {
            let rules = hosts.map { "MAP \($0) 127.0.0.1" }.joined(separator: ",")
            arguments.append("--host-resolver-rules=\(rules)")
        }
        let capabilities: WireValue = [
            "browserName": "chrome",
            "goog:chromeOptions": ["args": .list(arguments.map(WireValue.text))],
            "goog:loggingPrefs": ["browser": "ALL"],
            "timeouts": ["pageLoad": 300_000, "script": 300_000, "implicit": 0],
        ]
        let session = try await driver.send(
            "POST",
            "/session",
            ["capabilities": ["alwaysMatch": capabilities]],
            as: Session.self
        )
        return Page(driver: driver, session: session.sessionId)
    }

    /// Ends the driver, and removes the directory once no process works there, which could write it again.
    private static func end(_ driver: WebDriver, _ directory: URL) async throws {
        try await driver.end()
        let isIdle = try await eventually(within: .seconds(120)) { processes(in: directory).isEmpty }
        guard isIdle else {
            throw WebDriver.Failure(code: "browser left", message: "processes \(processes(in: directory))")
        }
        try FileManager.default.removeItem(at: directory)
    }

    /// The processes that work in `directory`.
    private static func processes(in directory: URL) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.filter {
            let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/cwd")
            return place == directory.path
        }
    }
}
