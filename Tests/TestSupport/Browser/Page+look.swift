/// How the page is shown; each holds until it is changed, on later pages of the same tab, too.
extension Page {
    package enum Scheme: String, Sendable, CaseIterable { case light, dark }

    /// The scheme of colors that the user prefers.
    package func prefer(_ scheme: Scheme) async throws {
        let feature: WireValue = ["name": "prefers-color-scheme", "value": .text(scheme.rawValue)]
        _ = try await devTools("Emulation.setEmulatedMedia", ["features": [feature]])
    }

    /// Shows the page as a telephone of this width does, in CSS pixels; nil is the window as it is.
    package func setWidth(_ width: Int?) async throws {
        guard let width else {
            _ = try await devTools("Emulation.clearDeviceMetricsOverride")
            return
        }
        try await setSize(width, 800, isMobile: true)
    }

    /// Shows the page in a window of this size, in CSS pixels.
    package func setSize(_ width: Int, _ height: Int, isMobile: Bool = false) async throws {
        let size: WireValue = [
            "width": .number(Double(width)), "height": .number(Double(height)), "deviceScaleFactor": 1,
            "mobile": .flag(isMobile),
        ]
        _ = try await devTools("Emulation.setDeviceMetricsOverride", size)
    }

    /// Whether pages loaded from now on may run scripts.
    package func allowScripts(_ allowed: Bool) async throws {
        _ = try await devTools("Emulation.setScriptExecutionDisabled", ["value": .flag(!allowed)])
    }

    /// Sends these fields with every request from now on.
    package func setFields(_ fields: [String: String]) async throws {
        _ = try await devTools("Network.enable")
        _ = try await devTools("Network.setExtraHTTPHeaders", ["headers": .object(fields.mapValues(WireValue.text))])
    }
}
