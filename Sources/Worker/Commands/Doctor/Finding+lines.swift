import Base
import Inspect

extension Finding.Verdict {
    var colour: TextColour? {
        switch self {
        case .ok, .notChecked: nil
        case .warning: .yellow
        case .failed: .red
        }
    }
}

extension Finding {
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
