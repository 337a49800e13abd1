import Foundation

/// The page that a browser shows, as a person meets it.
package struct Page: Sendable {
    let driver: WebDriver
    let session: String

    func send<Value: Decodable>(
        _ method: String,
        _ path: String,
        _ body: WireValue = [:],
        as type: Value.Type = WireValue.self
    ) async throws -> Value {
        try await driver.send(method, "/session/\(session)\(path)", body, as: type)
    }

    /// Ends the browser in order, so that it writes nothing more.
    func endBrowser() async throws { _ = try await driver.send("DELETE", "/session/\(session)") }
}

// MARK: - Places

extension Page {
    /// Goes to `url` and waits until it is loaded.
    package func go(to url: String) async throws { _ = try await send("POST", "/url", ["url": .text(url)]) }

    package func reload() async throws { _ = try await send("POST", "/refresh") }

    package func goBack() async throws { _ = try await send("POST", "/back") }

    package var url: String { get async throws { try await send("GET", "/url", as: String.self) } }

    package var title: String { get async throws { try await send("GET", "/title", as: String.self) } }

    /// The page as HTML, as it stands now.
    package var source: String { get async throws { try await send("GET", "/source", as: String.self) } }

    /// What a person reads of the page.
    package var text: String { get async throws { try await run("return document.body.innerText") } }

    /// Opens another tab of the same browser and goes on there.
    /// - Returns: its name, for `show`.
    @discardableResult
    package func openTab(_ url: String) async throws -> String {
        struct Tab: Decodable { let handle: String }
        let tab = try await send("POST", "/window/new", ["type": "tab"], as: Tab.self)
        try await show(tab: tab.handle)
        try await go(to: url)
        return tab.handle
    }

    /// The name of the tab that is shown.
    package var tab: String { get async throws { try await send("GET", "/window", as: String.self) } }

    package func show(tab: String) async throws { _ = try await send("POST", "/window", ["handle": .text(tab)]) }
}

// MARK: - Elements

extension Page {
    /// The first element that fits the CSS `selector`, waiting until there is one.
    package func find(_ selector: String, within limit: Duration = .seconds(60)) async throws -> Element {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if let element = try await all(selector).first { return element }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw WebDriver.Failure(code: "no such element", message: "\(selector) at \(try await url)")
    }

    /// All elements that fit the CSS `selector` now, in the order of the page.
    package func all(_ selector: String) async throws -> [Element] {
        let query: WireValue = ["using": "css selector", "value": .text(selector)]
        return try await send("POST", "/elements", query, as: [Element.Reference].self).map {
            Element(page: self, reference: $0)
        }
    }

    /// The element that has the focus; the body where no other has.
    package var focused: Element {
        get async throws {
            Element(page: self, reference: try await send("GET", "/element/active", as: Element.Reference.self))
        }
    }

    /// Waits until `condition` holds.
    /// - Returns: whether it did.
    package func wait(
        within limit: Duration = .seconds(60),
        until condition: @Sendable (Page) async throws -> Bool
    ) async throws -> Bool {
        try await eventually(within: limit) { try await condition(self) }
    }
}

// MARK: - Keys

extension Page {
    /// Keys that are no characters, as WebDriver names them.
    package enum Key: String, Sendable {
        case tab = "\u{E004}"
        case enter = "\u{E007}"
        case shift = "\u{E008}"
        case escape = "\u{E00C}"
        case space = " "
        case up = "\u{E013}"
        case down = "\u{E015}"
    }

    /// Presses keys one after the other, on whatever has the focus.
    package func press(_ keys: Key...) async throws {
        let strokes = keys.flatMap { key -> [WireValue] in
            let value = WireValue.text(key.rawValue)
            return [["type": "keyDown", "value": value], ["type": "keyUp", "value": value]]
        }
        let source: WireValue = ["type": "key", "id": "keyboard", "actions": .list(strokes)]
        _ = try await send("POST", "/actions", ["actions": [source]])
    }
}

// MARK: - Inside

extension Page {
    /// Runs the body of a function in the page, `arguments` being its arguments, and gives what it returns.
    ///
    /// It runs where the page's own scripts may not, too: it is the browser's, not the page's.
    package func run<Value: Decodable>(
        _ script: String,
        _ arguments: WireValue...,
        as type: Value.Type = Value.self
    ) async throws -> Value {
        try await send("POST", "/execute/sync", ["script": .text(script), "args": .list(arguments)], as: type)
    }

    /// Runs the body of a function whose value nobody needs.
    package func run(_ script: String, _ arguments: WireValue...) async throws {
        let body: WireValue = ["script": .text(script), "args": .list(arguments)]
        _ = try await send("POST", "/execute/sync", body, as: WireValue?.self)
    }

    /// A command of the DevTools protocol.
    package func devTools<Value: Decodable>(
        _ command: String,
        _ parameters: WireValue = [:],
        as type: Value.Type = WireValue.self
    ) async throws -> Value {
        let body: WireValue = ["cmd": .text(command), "params": parameters]
        return try await send("POST", "/goog/cdp/execute", body, as: type)
    }

    /// A picture of what the window shows, as PNG.
    package func screenshot() async throws -> Data {
        let text = try await send("GET", "/screenshot", as: String.self)
        guard let picture = Data(base64Encoded: text) else {
            throw WebDriver.Failure(code: "no screenshot", message: "The picture is not base64.")
        }
        return picture
    }
}
