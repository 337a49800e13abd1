import Base
import Database

extension Connection {
    /// Checks what the plane-ingest processes refuse, and whose deliveries nobody follows.
    func ingestFindings(now: Timestamp = .now) throws -> [Finding] {
        let nodes = try ingestNodes().filter { $0.state == "running" }
        guard !nodes.isEmpty else { return [.notChecked("no plane-ingest reports here")] }
        let recent = nodes.refusals.filter { Age(from: $0.last, to: now).seconds < 3_600 }
        let refused = recent.compactMap { refusal in
            refusal.advice.map { advice in
                let last = Age(from: refusal.last, to: now).text
                return Finding.warning("refused, \(refusal.words): \(refusal.count), the last \(last) ago", advice)
            }
        }
        func isOfToday(_ sender: IngestNode.Sender) -> Bool { Age(from: sender.last, to: now).seconds < 86_400 }
        let unknown = nodes.unknownRepositories.filter(isOfToday)
        let sending = unknown.map { sender in
            Finding.warning(
                "\(sender.name) sends, and no project follows it (deliveries: \(sender.count))",
                sender.connectLine
            )
        }
        let pings = nodes.pings.filter(isOfToday).compactMap { ping -> Finding? in
            guard ping.isFollowed == false else {
                return .ok("a ping of \(ping.name) came \(Age(from: ping.last, to: now).text) ago")
            }
            guard !unknown.contains(where: { $0.name == ping.name }) else { return nil }
            return .warning("a ping of \(ping.name) came, and no project follows it", ping.connectLine)
        }
        let rivals = nodes.rivals.map { nodes in
            Finding.failed(
                "\(nodes.map(\.id).sorted().joined(separator: " and ")) listen at \(nodes[0].listen) with different "
                    + "webhook secrets, so that deliveries are refused by chance",
                "end the one that is too many, or give them the same secrets"
            )
        }
        let problems = rivals + refused + sending
        let well = Finding.ok("plane-ingest running: \(nodes.count), nothing was refused lately")
        return (problems.isEmpty ? [well] : problems) + pings
    }
}
