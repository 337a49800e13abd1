import Base
import Database

/// Tells the database of this process, for the view `github_ingest_fleet`.
///
/// Best effort, on the connection of the wake-ups: no delivery waits for it, and one that does not come through is made
/// up for by the next.
struct NodeReport: Sendable {
    static let pause = Duration.seconds(15)

    let node: IngestNode
    /// Nil without a spool.
    let spool: SpoolRoute?
    let log: Log

    /// Reports until the task is cancelled, then that the process has stopped.
    func run(_ connection: Connection) async {
        let limitedLog = LimitedLog(log, pause: .seconds(3600))
        var isKnown = false
        repeat {
            do {
                try await connection.report(node, spool: spool.map(SpoolReport.init))
                isKnown = true
            } catch {
                isKnown = false
                // A database that is away shows elsewhere; a right that is missing only here.
                if DatabaseError.Cause(error) != .unavailable {
                    limitedLog(.warning, "the fleet cannot show this node", reason: "report", [.error: "\(error)"])
                }
            }
        } while (try? await Task.sleep(for: Self.pause)) != nil
        // Where the last report did not come through, this one would only hold up the stop.
        if isKnown { try? await connection.signOff(node) }
    }
}
