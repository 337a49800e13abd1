import Database
import Foundation
import Inspect

extension ReplayCommand {
    /// Replays the failed events that pass the filter, oldest first.
    func replay(_ filter: EventFilter, over connection: Connection, output: Output) async throws {
        let counts = try await connection.failedCounts(filter)
        let matched = counts.reduce(0) { $0 + $1.count }
        if isDryRun {
            if !json, matched > 0 { try output.print(Self.table(counts)) }
        } else {
            try confirm(matched, on: output)
        }
        let replayed =
            isDryRun
            ? 0
            : try await Progress.inBatches("replayed", of: matched, on: output) { last in
                try await connection.replay(filter, after: last, limit: Self.batch, by: .ofShell())
            }
        try print(ReplayReport(matched: matched, replayed: replayed), on: output)
    }

    private func confirm(_ matched: Int, on output: Output) throws {
        guard matched > Self.confirmAbove, !yes else { return }
        guard output.isInteractive else {
            throw CommandFailure(
                "\(matched) events match: say --yes to replay more than \(Self.confirmAbove), "
                    + "or --dry-run to look first"
            )
        }
        guard output.confirms("Replay \(matched) failed events?") else { throw CommandFailure("nothing was replayed") }
    }

    private static func table(_ counts: [(type: String, repository: String, count: Int)]) -> Table {
        var table = Table([
            .init("event"), .init("repository", minimum: 12), .init("failed", .right),
        ])
        for group in counts { table.add([group.type, group.repository, String(group.count)]) }
        return table
    }
}
