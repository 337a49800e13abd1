import Foundation
import Shared

/// What `status` shows.
struct StatusScreen: Sendable {
    let queue: QueueStatus
    let throughput: [MinuteThroughput]
    let latency: QueueLatency
    let fleet: [FleetWorker]
    let failures: [EventSummary]

    var json: JSONValue {
        .object([
            "queue": queue.json,
            "throughput": .array(throughput.map(\.json)),
            "latency": latency.json,
            "workers": .array(fleet.map(\.json)),
            "failures": .array(failures.map(\.json)),
        ])
    }

    // `width` is the terminal's; nil when nobody looks.
    func lines(width: Int?) -> [String] {
        let now = Timestamp.now
        let sections: [(String, Table?)] = [
            ("Queue", queueTable),
            ("Per minute", throughputTable),
            ("Latency of the last hour, seconds", latency.events == 0 ? nil : latencyTable),
            ("Workers", fleet.isEmpty ? nil : fleetTable(now)),
            ("Last failures", failures.isEmpty ? nil : failureTable(now)),
        ]
        let blocks = sections.map { title, table in
            guard let table else { return ["\(title): none"] }
            return [title] + table.lines(width: width.map { $0 - 2 }, isDecorated: false).map { "  \($0)" }
        }
        return Array(blocks.joined(separator: [""]))
    }

    private var queueTable: Table {
        var table = Table([
            .init(title: "due", alignment: .right), .init(title: "later", alignment: .right),
            .init(title: "processing", alignment: .right), .init(title: "failed", alignment: .right),
            .init(title: "completed last hour", alignment: .right), .init(title: "oldest pending", alignment: .right),
        ])
        table.add(
            [queue.due, queue.later, queue.processing, queue.failed, queue.completed].map(String.init)
                + [queue.oldestSeconds.map { Age(seconds: Int($0)).text } ?? "-"]
        )
        return table
    }

    private var throughputTable: Table {
        var table = Table([
            .init(title: "minute (UTC)"), .init(title: "received", alignment: .right),
            .init(title: "completed", alignment: .right), .init(title: "failed", alignment: .right),
        ])
        for minute in throughput {
            let time = minute.minute.description.dropFirst(11).prefix(5)
            table.add([String(time)] + [minute.received, minute.completed, minute.failed].map(String.init))
        }
        return table
    }

    private var latencyTable: Table {
        var table = Table([
            .init(title: "received to"), .init(title: "p50", alignment: .right), .init(title: "p99", alignment: .right),
        ])
        table.add(["claimed", Self.seconds(latency.claimP50), Self.seconds(latency.claimP99)])
        table.add(["completed", Self.seconds(latency.completeP50), Self.seconds(latency.completeP99)])
        return table
    }

    private func fleetTable(_ now: Timestamp) -> Table {
        var table = Table([
            .init(title: "worker", minimum: 12), .init(title: "state"), .init(title: "processing", alignment: .right),
            .init(title: "slots", alignment: .right), .init(title: "seen", alignment: .right),
            .init(title: "version", isOptional: true),
        ])
        for worker in fleet {
            table.add([
                worker.id, worker.state, String(worker.processing), String(worker.concurrency),
                Age(from: worker.heartbeatAt, to: now).text, worker.version,
            ])
        }
        return table
    }

    private func failureTable(_ now: Timestamp) -> Table {
        var table = Table([
            .init(title: "id"), .init(title: "failed", alignment: .right), .init(title: "event", minimum: 10),
            .init(title: "error", minimum: 12), .init(title: "repository", minimum: 12, isOptional: true),
        ])
        for event in failures {
            table.add([
                event.id.text, Age(from: event.changed, to: now).text, event.name, event.outcome,
                event.repository ?? "",
            ])
        }
        return table
    }

    private static func seconds(_ value: Double?) -> String {
        value.map { String(format: "%.3f", $0) } ?? "-"
    }
}
