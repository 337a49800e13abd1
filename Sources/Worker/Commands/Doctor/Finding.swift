import Base
import JSON

/// What one check of `doctor` found.
struct Finding: Sendable, Equatable {
    enum Verdict: String, Sendable, CaseIterable {
        case ok
        /// Works, but somebody should look at it.
        case warning
        case failed
        /// The check could not be made; the text says why.
        case notChecked = "not_checked"

        var label: String { rawValue.replacing("_", with: " ") }

        var colour: TextColour? {
            switch self {
            case .ok, .notChecked: nil
            case .warning: .yellow
            case .failed: .red
            }
        }
    }

    let verdict: Verdict
    /// What was found, in one sentence without a full stop.
    let text: String
    /// What to do about it.
    var advice: String?

    static func ok(_ text: String) -> Self { Self(verdict: .ok, text: text) }
    static func warning(_ text: String, _ advice: String) -> Self {
        Self(verdict: .warning, text: text, advice: advice)
    }
    static func failed(_ text: String, _ advice: String) -> Self { Self(verdict: .failed, text: text, advice: advice) }
    static func notChecked(_ text: String, _ advice: String? = nil) -> Self {
        Self(verdict: .notChecked, text: text, advice: advice)
    }

    func json(check: String) -> JSONValue {
        .object([
            "check": .string(check), "verdict": .string(verdict.rawValue), "text": .string(text),
            "advice": .optional(advice),
        ])
    }

    /// The finding on a terminal of so many columns; nil: nothing is broken.
    func lines(check: String, columns: Int?, isColoured: Bool) -> [String] {
        let (verdictWidth, checkWidth) = (11, 11)
        let indent = String(repeating: " ", count: verdictWidth + checkWidth + 2)
        func broken(_ text: String) -> [String] {
            let text = Printable.line(text)
            return columns.map { TextWidth.broken(text, after: $0 - indent.count) } ?? [text]
        }
        let word = verdict.label
        let shown = isColoured ? verdict.colour?.applied(to: word) ?? word : word
        let head =
            shown + String(repeating: " ", count: verdictWidth - word.count + 1)
            + check.padding(to: checkWidth + 1)
        let lines = broken(text) + (advice.map { broken("→ \($0)") } ?? [])
        return lines.enumerated().map { ($0 == 0 ? head : indent) + $1 }
    }
}
