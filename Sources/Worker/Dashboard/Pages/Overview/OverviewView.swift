import Base
import Inspect
import Outbound

/// The parts of the overview, each of which the stream may send anew.
struct OverviewView: Sendable {
    struct Part: Sendable {
        let id: String
        /// Whether it stays as it is while somebody points at it.
        var isHeld = false
        /// Whether it is only read aloud, when it changes.
        var isAnnounced = false
        let html: HTML

        var element: HTML {
            isAnnounced
                ? "<div id=\"\(id)\" class=\"hidden\" aria-live=\"polite\">\(html)</div>"
                : .live(id, held: isHeld, html)
        }
    }

    static let latestCount = 20
    private static let latestShown = 8

    let snapshot: OverviewSource.Snapshot
    let site: Site
    let now: Timestamp

    /// In the order of the page.
    var parts: [Part] {
        let sentence = OverviewSentence(snapshot)
        let state = [
            Part(id: "state", isAnnounced: true, html: "\(sentence.word)"), Part(id: "sentence", html: sentence.html),
        ]
        guard let reading = snapshot.reading else { return state }
        return state + [
            Part(id: "checks", isHeld: true, html: CheckedFinding.html(reading.slow.checks)),
            Part(id: "figures", html: figures(reading)),
            Part(
                id: "hour",
                html: .card(
                    "The last hour",
                    note: "events in each minute",
                    MinuteChart(minutes: reading.slow.minutes).html
                )
            ),
            Part(id: "latest", isHeld: true, html: latest(reading.latest)),
            Part(id: "queue", html: queue(reading.slow.ages)),
            Part(id: "latency", html: latency(reading.status.latency)),
            Part(id: "workers", html: workers(reading.status.fleet)),
            Part(id: "nodes", html: nodes(reading.slow.nodes)),
            Part(id: "refusals", html: refusals(reading.slow.nodes.refusals)),
            Part(id: "pings", html: pings(reading.slow.nodes.pings)),
        ]
    }

    private func figures(_ reading: OverviewReading) -> HTML {
        let queue = reading.status.queue
        let throughput = reading.status.throughput
        let outbound = reading.status.outbound
        let later: HTML? = queue.later > 0 ? "\(Number.grouped(queue.later)) of them later" : "all due now"
        let failed: HTML = """
            <a href="\(site.link("/failures"))">\(Number.grouped(queue.failed))</a>
            """
        var figures: [HTML] = [
            .figure(
                "Waiting",
                "<a href=\"\(site.link("/events?status=pending"))\">\(Number.grouped(queue.due + queue.later))</a>",
                queue.due + queue.later == 0 ? "nothing to do" : later
            ),
            .figure("In work", "\(Number.grouped(queue.processing))", "claimed by a worker"),
            .figure("Failed", failed, queue.failed == 0 ? "nothing to replay" : "to be replayed"),
            .figure(
                "Received",
                "\(Number.rate(throughput.lastMinute.received, in: 60))",
                "a second; \(Number.rate(throughput.lastFiveMinutes.received, in: 300)) in 5 min"
            ),
            .figure(
                "Completed",
                "\(Number.rate(throughput.lastMinute.completed, in: 60))",
                "a second; \(Number.rate(throughput.lastFiveMinutes.completed, in: 300)) in 5 min"
            ),
        ]
        if outbound.connections > 0 {
            figures.append(
                .figure(
                    "To GitHub",
                    "<a href=\"\(site.link("/outbound"))\">\(Number.grouped(outbound.waiting + outbound.sending))</a>",
                    "wait; \(Number.grouped(outbound.parked)) parked"
                )
            )
        }
        return "<dl class=\"figures\">\(figures)</dl>"
    }

    private func latest(_ events: [EventSummary]) -> HTML {
        guard !events.isEmpty else {
            return .card(
                "Latest events",
                .empty(
                    "Nothing was received yet",
                    "Connect a repository with <code>plane-worker connect</code> and add the webhook on GitHub."
                )
            )
        }
        let rows = events.prefix(Self.latestShown).map {
            EventRow(event: $0, site: site, now: now).html(withCheck: false)
        }
        let more: HTML = "<p class=\"more\"><a href=\"\(site.link("/events"))\">All events</a></p>"
        return .card(
            "Latest events",
            .table("Latest events", EventRow.columns(withCheck: false), rows, stacks: true) + more
        )
    }

    private func queue(_ ages: [QueueAge]) -> HTML {
        guard !ages.isEmpty else { return .card("Queue", .empty("The queue is empty", "New deliveries show up here.")) }
        let rows = ages.map { age -> HTML in
            let cells = age.byAge.map { count -> HTML in
                "<td class=\"n\">\(count == 0 ? "·" : Number.grouped(count))</td>"
            }
            return
                "<tr><th scope=\"row\">\(age.type)</th>\(cells)<td class=\"n\">\(Number.grouped(age.total))</td></tr>"
        }
        return .card(
            "Queue",
            note: "by type and how long ago it came",
            .table("Queue by type and age", ["Type"] + QueueAge.ages.map { .number($0) } + [.number("All")], rows)
        )
    }

    private func latency(_ latency: QueueLatency) -> HTML {
        guard latency.events > 0 else {
            return .card("Latency", .empty("Nothing was completed in the last hour"))
        }
        func row(_ name: String, _ values: [Double?]) -> HTML {
            let cells = values.map { value -> HTML in "<td class=\"n\">\(value.map(Number.duration) ?? "–")</td>" }
            return "<tr><th scope=\"row\">\(name)</th>\(cells)</tr>"
        }
        return .card(
            "Latency",
            note: "\(Number.counted(latency.events, "event")) of the last hour",
            .table(
                "Latency",
                ["From receipt", .number("p50"), .number("p95"), .number("p99")],
                [
                    row("to a worker", [latency.claimP50, latency.claimP95, latency.claimP99]),
                    row("to Plane", [latency.completeP50, latency.completeP95, latency.completeP99]),
                ]
            )
        )
    }

    private func workers(_ fleet: Fleet) -> HTML {
        guard !fleet.workers.isEmpty else {
            return .card(
                "Workers",
                .empty("No worker ran in the last day", "Start one with <code>plane-worker run</code>.")
            )
        }
        func row(_ worker: FleetWorker) -> HTML {
            """
            <tr><th scope="row">\(worker.id)<small>\(worker.version)</small></th><td>\(Self.state(worker.state))</td>\
            <td class="n">\(worker.processing) / \(worker.concurrency)</td>\
            <td class="t">\(.time(worker.heartbeatAt, now: now))</td></tr>
            """
        }
        let columns: [HTML.Column] = ["Worker", "State", .number("In work / slots"), "Seen"]
        return .card(
            "Workers",
            note: "\(fleet.summary)",
            Self.folding(fleet.workers, isStopped: { $0.state == "stopped" }, "workers", columns, row)
        )
    }

    private func nodes(_ nodes: [IngestNode]) -> HTML {
        guard !nodes.isEmpty else {
            return .card(
                "Ingest nodes",
                .empty("No node was seen in the last day", "Start one with <code>plane-ingest</code>.")
            )
        }
        func row(_ node: IngestNode) -> HTML {
            let spool: HTML
            if let records = node.spooled {
                spool =
                    node.isSpooling || records > 0
                    ? .status("\(Number.grouped(records)) on disk", .warn)
                    : "empty"
            } else {
                spool = "<span class=\"soft\">none</span>"
            }
            return """
                <tr><th scope="row">\(node.id)<small>\(node.version)</small></th><td>\(Self.state(node.state))</td><td>\(spool)</td>\
                <td class="t">\(.time(node.heartbeatAt, now: now))</td></tr>
                """
        }
        let columns: [HTML.Column] = ["Node", "State", "Spool", "Seen"]
        return .card(
            "Ingest nodes",
            Self.folding(nodes, isStopped: { $0.state == "stopped" }, "nodes", columns, row)
        )
    }

    /// What never became an event, since the nodes started.
    private func refusals(_ refusals: [Refusal]) -> HTML {
        guard !refusals.isEmpty else { return .card("Refused deliveries", .empty("Nothing was refused")) }
        let rows = refusals.map { refusal -> HTML in
            """
            <tr><th scope="row">\(refusal.words)</th>\
            <td class="n">\(Number.grouped(refusal.count))</td><td class="t">\(.time(refusal.last, now: now))</td></tr>
            """
        }
        return .card(
            "Refused deliveries",
            note: "since the nodes started",
            .table("Refused deliveries", ["Reason", .number("Deliveries"), .init("Last", "t")], rows)
        )
    }

    /// Whose webhooks reach us.
    private func pings(_ pings: [IngestNode.Sender]) -> HTML {
        guard !pings.isEmpty else {
            return .card(
                "Pings of webhooks",
                .empty("No ping came", "GitHub sends one when a webhook is made.")
            )
        }
        let rows = pings.map { ping -> HTML in
            let followed: HTML =
                switch ping.isFollowed {
                case nil: ""
                case true?: .status("followed", .ok)
                case false?: .status("followed by no project", .warn)
                }
            return """
                <tr><th scope="row">\(ping.name)</th><td>\(followed)</td><td class="n">\(Number.grouped(ping.count))</td>\
                <td class="t">\(.time(ping.last, now: now))</td></tr>
                """
        }
        return .card(
            "Pings of webhooks",
            note: "since the nodes started",
            .table("Pings of webhooks", ["Sender", "State", .number("Pings"), .init("Last", "t")], rows)
        )
    }

    /// A table of what runs, and behind a fold what was stopped.
    private static func folding<Item>(
        _ items: [Item],
        isStopped: (Item) -> Bool,
        _ name: String,
        _ columns: [HTML.Column],
        _ row: (Item) -> HTML
    ) -> HTML {
        let stopped = items.filter(isStopped)
        let others = items.filter { !isStopped($0) }
        var html: HTML = others.isEmpty ? .empty("None runs now") : .table(name, columns, others.map(row))
        if !stopped.isEmpty {
            html += """
                <details><summary>\(Number.grouped(stopped.count)) stopped in the last day</summary>\
                \(.table("stopped \(name)", columns, stopped.map(row)))</details>
                """
        }
        return html
    }

    private static func state(_ state: String) -> HTML {
        switch state {
        case "running": .status(state, .ok)
        case "lost": .status(state, .bad)
        default: .status(state, .soft)
        }
    }
}
