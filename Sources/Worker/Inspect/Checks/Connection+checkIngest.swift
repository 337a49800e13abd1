import Base
import Database

extension Connection {
    /// Checks what the plane-ingest processes refuse, and whose deliveries nobody follows.
    func ingestFindings(now: Timestamp = .now) throws -> [Finding] {
        let nodes = try ingestNodes().filter { $0.state == "running" }
        guard !nodes.isEmpty else { return [.notChecked("no plane-ingest reports here")] }
        let recent = nodes.refusals.filter { Age(from: $0.last, to: now).seconds < 3_600 }
        let refused = recent.compactMap { refusal -> Finding? in
            guard let advice = Self.advice(on: refusal.reason) else { return nil }
            let words = refusal.reason.replacing("_", with: " ")
            return .warning(
                "deliveries refused as \(words) since the start: \(refusal.count), the last "
                    + "\(Age(from: refusal.last, to: now).text) ago",
                advice
            )
        }
        let unknown = nodes.unknownRepositories.filter { Age(from: $0.last, to: now).seconds < 86_400 }.map {
            Finding.warning("\($0.name) sends, and no project follows it (\($0.count) deliveries)", $0.connectLine)
        }
        let rivals = nodes.rivals.map { nodes in
            Finding.failed(
                "\(nodes.map(\.id).sorted().joined(separator: " and ")) listen at \(nodes[0].listen) with different "
                    + "webhook secrets, so that deliveries are refused by chance",
                "end the one that is too many, or give them the same secrets"
            )
        }
        let findings = rivals + refused + unknown
        return findings.isEmpty ? [.ok("plane-ingest running: \(nodes.count), nothing was refused lately")] : findings
    }

    /// Of `not_connected` the repositories tell.
    private static func advice(on reason: String) -> String? {
        switch reason {
        case "unauthorized": "compare the webhook's secret on GitHub with plane-ingest's"
        case "unavailable": "see whether the database answers; INGEST_SPOOL_DIR keeps deliveries meanwhile"
        case "invalid": "see plane-ingest's log for what is wrong with them"
        case "too_large": "GitHub sends no more than 25 MB: see who else sends here"
        default: nil
        }
    }
}
