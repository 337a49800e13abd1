import Base
import Database
import Foundation

extension ReplayCommand {
    /// Replays the events that were named, and says of the others why not.
    func replay(_ names: [String], over connection: Connection, output: Output) async throws {
        var report = ReplayReport()
        var matched = 0
        for start in stride(from: 0, to: names.count, by: Self.batch) {
            guard !Task.isCancelled else { throw Self.interrupted(after: report.replayed, of: names.count) }
            let named = Array(names[start..<min(start + Self.batch, names.count)])
            let targets = try await targets(named, over: connection)
            let finished = targets.filter { [.failed, .completed].contains($0.status) }
            matched += finished.count
            if !isDryRun {
                report.replayed += try await connection.replay(finished.map(\.id), completedToo: true)
            }
            for name in named {
                let status = targets.first { $0.isNamed(name) }?.status
                switch status {
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
        if json {
            try output.print(report.json(isDryRun: isDryRun, matched: matched))
        } else {
            try output.print(Self.summary(isDryRun: isDryRun, matched: matched, replayed: report.replayed))
        }
        let left = report.missing.count + report.processing.count
        guard left == 0 else { throw CommandFailure("\(left) of \(names.count) could not be replayed") }
    }

    /// A beginning of an id stands for it where nothing goes by that very name.
    private func targets(_ names: [String], over connection: Connection) async throws -> [ReplayTarget] {
        var targets = try await connection.replayTargets(names)
        for name in names where !targets.contains(where: { $0.isNamed(name) }) {
            guard let id = try await connection.id(beginningWith: name) else { continue }
            targets += try await connection.replayTargets([id.text])
        }
        return targets
    }
}
