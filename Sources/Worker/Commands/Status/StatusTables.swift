import Base
import Foundation
import Inspect
import Outbound

/// The tables that show a reading.
struct StatusTables: Sendable {
    let reading: StatusReading
    /// Whether ids are shortened and large counts rounded.
    let isForPeople: Bool

    private var now: Timestamp { reading.queue.at }

    var queue: Table {
        let queue = reading.queue
        var table = Table([
            .init("due", .right), .init("later", .right), .init("processing", .right), .init("failed", .right),
            .init("completed last hour", .right), .init("oldest pending", .right),
        ])
        table.add([
            count(queue.due), count(queue.later), count(queue.processing),
            .init(count(queue.failed).text, queue.failed > 0 ? .red : nil), count(queue.completed),
            .init(queue.oldestSeconds.map { Age(seconds: Int($0)).text } ?? "-"),
        ])
        return table
    }

    var rates: Table {
        var table = Table([
            .init("Per second"), .init("received", .right), .init("completed", .right), .init("failed", .right),
        ])
        let throughput = reading.throughput
        for (name, counts, seconds) in [
            ("last minute", throughput.lastMinute, 60.0), ("last 5 min", throughput.lastFiveMinutes, 300.0),
        ] {
            table.add([
                .init(name), rate(counts.received, seconds), rate(counts.completed, seconds),
                .init(rate(counts.failed, seconds).text, counts.failed > 0 ? .red : nil),
            ])
        }
        return table
    }

    var latency: Table {
        let latency = reading.latency
        var table = Table([.init("Latency, s"), .init("p50", .right), .init("p99", .right)])
        table.add(["to claim", Self.seconds(latency.claimP50), Self.seconds(latency.claimP99)])
        table.add(["to complete", Self.seconds(latency.completeP50), Self.seconds(latency.completeP99)])
        return table
    }

    var fleet: Table {
        var table = Table([
            .init("Workers", minimum: 12), .init("state"), .init("processing", .right), .init("slots", .right),
            .init("seen", .right), .init("version", minimum: 7, isOptional: true),
        ])
        for worker in reading.fleet.workers where worker.state != "stopped" {
            table.add([
                .init(worker.id), .init(worker.state, worker.state == "lost" ? .yellow : nil),
                count(worker.processing), count(worker.concurrency),
                .init(Age(from: worker.heartbeatAt, to: now).text), .init(worker.version),
            ])
        }
        return table
    }

    var ingest: Table {
        var table = Table([
            .init("Ingest", minimum: 12), .init("state"), .init("in its spool", .right), .init("seen", .right),
            .init("listens on", minimum: 12, isOptional: true), .init("version", minimum: 7, isOptional: true),
        ])
        for node in reading.ingest where node.state != "stopped" {
            table.add([
                .init(node.id), .init(node.state, node.state == "lost" ? .yellow : nil),
                .init(node.spooled.map { count($0).text } ?? "-", node.isSpooling ? .yellow : nil),
                .init(Age(from: node.heartbeatAt, to: now).text), .init(node.listen), .init(node.version),
            ])
        }
        return table
    }

    /// What plane-ingest refused since its start; of nodes that stopped too, for a day.
    var refusals: Table {
        var table = Table([
            .init("Refused deliveries", minimum: 12), .init("since start", .right), .init("last", .right),
            .init("what to do", minimum: 10, isOptional: true),
        ])
        for refusal in reading.ingest.refusals {
            table.add([
                .init(refusal.words), count(refusal.count), .init(Age(from: refusal.last, to: now).text),
                .init(refusal.advice ?? "-"),
            ])
        }
        return table
    }

    /// Pings, which tell that a webhook reaches plane-ingest.
    var pings: Table {
        var table = Table([
            .init("Pings of webhooks", minimum: 12), .init("since start", .right), .init("last", .right),
            .init("followed", isOptional: true),
        ])
        for ping in reading.ingest.pings {
            let followed: Table.Cell =
                switch ping.isFollowed {
                case nil: .init("-")
                case true?: .init("yes")
                case false?: .init("no: \(ping.connectLine)", .yellow)
                }
            table.add([.init(ping.name), count(ping.count), .init(Age(from: ping.last, to: now).text), followed])
        }
        return table
    }

    var unknown: Table {
        var table = Table([
            .init("Followed by no project", minimum: 12), .init("deliveries", .right), .init("last", .right),
            .init("to follow it", minimum: 10, isOptional: true),
        ])
        for repository in reading.ingest.unknownRepositories {
            table.add([
                .init(repository.name), count(repository.count), .init(Age(from: repository.last, to: now).text),
                .init(repository.connectLine),
            ])
        }
        return table
    }

    var limits: Table {
        var table = Table([
            .init("Rate limited", minimum: 12), .init("events", .right), .init("a minute", .right),
            .init("until in", .right),
        ])
        for limit in reading.limits {
            table.add([
                .init(limit.name ?? String(limit.id)), count(limit.waiting), count(limit.perMinute),
                .init(limit.lastTurn.map { Age(from: now, to: $0).text } ?? "-"),
            ])
        }
        return table
    }

    /// Nil where nobody asked for anything to be sent.
    var outbound: Table? {
        let outbound = reading.outbound
        guard outbound.connections > 0 else { return nil }
        var table = Table([
            .init("To GitHub"), .init("waiting", .right), .init("parked", .right), .init("wants approval", .right),
            .init("sent last hour", .right), .init("oldest waiting", .right),
        ])
        func needsSomebody(_ number: Int) -> Table.Cell { .init(count(number).text, number > 0 ? .yellow : nil) }
        table.add([
            .init(outbound.connections.counted("connection")),
            count(outbound.waiting + outbound.sending), needsSomebody(outbound.parked),
            needsSomebody(outbound.wantsApproval), count(outbound.sentLastHour),
            .init(outbound.oldestSeconds.map { Age(seconds: Int($0)).text } ?? "-"),
        ])
        return table
    }

    var causes: Table {
        var table = Table([
            .init("Failures by cause", minimum: 17), .init("events", .right), .init("last", .right),
            .init("event", minimum: 10, isOptional: true), .init("such as", isOptional: true),
        ])
        for cause in reading.causes {
            table.add([
                .init(cause.error, .red), count(cause.events), .init(Age(from: cause.lastFailed, to: now).text),
                .init(cause.type), .init(isForPeople ? cause.shortExample : cause.example.text),
            ])
        }
        return table
    }

    /// A count; from ten million on in millions, so that no column grows too wide for its line.
    private func count(_ count: Int) -> Table.Cell {
        guard isForPeople, count >= 10_000_000 else { return .init(String(count)) }
        return .init(count >= 10_000_000_000 ? "\(count / 1_000_000_000)G" : "\(count / 1_000_000)M")
    }

    private func rate(_ count: Int, _ seconds: Double) -> Table.Cell {
        .init(String(format: "%.2f", Double(count) / seconds))
    }

    private static func seconds(_ value: Double?) -> String {
        value.map { String(format: "%.3f", $0) } ?? "-"
    }
}
