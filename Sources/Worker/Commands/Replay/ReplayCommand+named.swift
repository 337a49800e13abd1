import Base
import Database
import Foundation
import Inspect

extension ReplayCommand {
    /// Replays the events that were named, and says why for each that cannot be replayed.
    func replay(_ names: [String], over connection: Connection, output: Output) async throws {
        var report = ReplayReport()
        for start in stride(from: 0, to: names.count, by: Self.batch) {
            guard !Task.isCancelled else {
                throw Progress.interrupted("replayed", after: report.replayed, of: names.count)
            }
            let named = Array(names[start..<min(start + Self.batch, names.count)])
            let targets = try await targets(named, over: connection)
            let finished = Set(targets.values).filter { [.failed, .completed].contains($0.status) }
            report.matched += finished.count
            if !isDryRun {
                report.replayed += try await connection.replay(
                    finished.map(\.id),
                    completedToo: true,
                    by: .ofShell()
                )
            }
            for name in named {
                switch targets[name]?.status {
                case nil: report.missing.append(name)
                case .processing: report.processing.append(name)
                case .pending: report.pending.append(name)
                case .failed, .completed: break
                }
            }
        }
        for name in report.missing { output.note("\(name): no event has this id or delivery id") }
        for name in report.processing { output.note("\(name): is being processed, not touched") }
        for name in report.pending { output.note("\(name): is pending already") }
        try print(report, on: output)
        let left = report.missing.count + report.processing.count
        guard left == 0 else { throw CommandFailure("\(left) of \(names.count) could not be replayed") }
    }

    /// Looks each name up as a whole id or delivery id first, then as the beginning of one.
    private func targets(_ names: [String], over connection: Connection) async throws -> [String: ReplayTarget] {
        let whole = try await connection.replayTargets(names)
        var targets: [String: ReplayTarget] = [:]
        for name in names {
            if let target = whole.first(where: { $0.isNamed(name) }) {
                targets[name] = target
            } else if let id = try await connection.id(beginningWith: name) {
                targets[name] = try await connection.replayTargets([id.text]).first
            }
        }
        return targets
    }
}

/// A named event as it is before a replay.
private struct ReplayTarget: RowDecodable, Hashable {
    let id: UUID
    let deliveryID: String
    let status: EventStatus

    init(row: Row) throws {
        id = try row.get("id")
        deliveryID = try row.get("delivery_id")
        status = try row.get("status")
    }

    func isNamed(_ name: String) -> Bool {
        deliveryID == name || UUID(uuidString: name) == id
    }
}

extension Connection {
    /// The events with one of these ids or delivery ids.
    fileprivate func replayTargets(_ names: [String]) throws -> [ReplayTarget] {
        let ids = names.compactMap { UUID(uuidString: $0) }
        return try run(
            """
            select id, delivery_id, status
            from github_sync.github_webhook_events
            where id = any(\(ids)) or delivery_id = any(\(names))
            order by id
            """,
            as: ReplayTarget.self
        )
    }
}
