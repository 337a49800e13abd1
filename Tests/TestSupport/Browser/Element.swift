/// An element of a page; calls fail once it is no longer there.
package struct Element: Sendable {
    /// How WebDriver names an element.
    struct Reference: Codable, Sendable {
        enum CodingKeys: String, CodingKey { case id = "element-6066-11e4-a52e-4f735466cecf" }
        let id: String
    }

    let page: Page
    let reference: Reference

    /// As an argument of `Page.run`.
    package var value: WireValue { [Reference.CodingKeys.id.rawValue: .text(reference.id)] }

    private var path: String { "/element/\(reference.id)" }

    /// Scrolls to it and clicks it; where that leads to another page, waits until it is loaded.
    package func click() async throws { _ = try await page.send("POST", "\(path)/click") }

    /// Types `text` behind what is there.
    package func type(_ text: String) async throws {
        _ = try await page.send("POST", "\(path)/value", ["text": .text(text)])
    }

    package func clear() async throws { _ = try await page.send("POST", "\(path)/clear") }

    /// The text as it is shown.
    package var text: String { get async throws { try await page.send("GET", "\(path)/text", as: String.self) } }

    package func attribute(_ name: String) async throws -> String? {
        try await page.send("GET", "\(path)/attribute/\(name)", as: String?.self)
    }

    package func style(_ property: String) async throws -> String {
        try await page.send("GET", "\(path)/css/\(property)", as: String.self)
    }

    package var isShown: Bool { get async throws { try await page.send("GET", "\(path)/displayed", as: Bool.self) } }

    /// What assistive programs call it.
    package var name: String {
        get async throws { try await page.send("GET", "\(path)/computedlabel", as: String.self) }
    }

    package var role: String {
        get async throws { try await page.send("GET", "\(path)/computedrole", as: String.self) }
    }
}
