import JSON

/// What one check of `doctor` found.
package struct Finding: Sendable, Equatable {
    package enum Verdict: String, Sendable, CaseIterable {
        case ok
        /// Works, but somebody should look at it.
        case warning
        case failed
        /// The check could not be made; the text says why.
        case notChecked = "not_checked"

        package var label: String { rawValue.replacing("_", with: " ") }
    }

    package let verdict: Verdict
    /// What was found, in one sentence without a full stop.
    package let text: String
    /// What to do about it.
    package let advice: String?

    private init(_ verdict: Verdict, _ text: String, _ advice: String? = nil) {
        self.verdict = verdict
        self.text = text
        self.advice = advice
    }

    package static func ok(_ text: String) -> Self { Self(.ok, text) }
    package static func warning(_ text: String, _ advice: String) -> Self {
        Self(.warning, text, advice)
    }
    package static func failed(_ text: String, _ advice: String) -> Self {
        Self(.failed, text, advice)
    }
    package static func notChecked(_ text: String, _ advice: String? = nil) -> Self {
        Self(.notChecked, text, advice)
    }

    package func json(check: String) -> JSONValue {
        .object([
            "check": .string(check), "verdict": .string(verdict.rawValue), "text": .string(text),
            "advice": .optional(advice),
        ])
    }
}
