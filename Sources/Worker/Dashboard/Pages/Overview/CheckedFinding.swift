import Database
import Inspect

/// What one of `doctor`'s checks found that the database alone tells.
struct CheckedFinding: Sendable, Equatable {
    let check: String
    let finding: Finding

    /// The most findings that a page lists.
    private static let most = 12

    /// Makes all checks, one after the other.
    /// - Throws: `DatabaseError` when the database does not answer.
    static func all(over connection: Connection) async throws -> [CheckedFinding] {
        var findings: [CheckedFinding] = []
        for check in DatabaseCheck.all {
            findings += try await check.findings(over: connection).map {
                Self(check: check.name, finding: $0)
            }
        }
        return findings
    }

    /// Each finding that somebody should look at, with what helps; one line where there is none.
    static func html(_ findings: [CheckedFinding]) -> HTML {
        let unmade = findings.filter { $0.finding.verdict == .notChecked }.map(\.check)
        let note = unmade.isEmpty ? "" : "not made: \(unmade.joined(separator: ", "))"
        let found = findings.filter { [.failed, .warning].contains($0.finding.verdict) }
            .sorted { $0.finding.verdict == .failed && $1.finding.verdict != .failed }
        guard !found.isEmpty else {
            return """
                <p class="sub">\(Icon.ok.html) The checks of <code>plane-worker doctor</code> found nothing to \
                do\(note.isEmpty ? "" : " (\(note))").</p>
                """
        }
        let more: HTML? =
            found.count > most
            ? "<li>\(Icon.skip.html)and \(found.count - most) more: run plane-worker doctor</li>" : nil
        let lines = found.prefix(most).map { one -> HTML in
            let isBad = one.finding.verdict == .failed
            let icon = isBad ? Icon.fail : .alert
            let advice: HTML? = one.finding.advice.map { "<br><span class=\"soft\">\($0)</span>" }
            return """
                <li>\(icon.html(isBad ? .bad : .warn))\(one.finding.text)\(advice)</li>
                """
        }
        return .card(
            "To be looked at",
            note: note.isEmpty ? "what plane-worker doctor finds" : "\(note)",
            "<ul class=\"log\">\(lines)\(more)</ul>"
        )
    }
}
