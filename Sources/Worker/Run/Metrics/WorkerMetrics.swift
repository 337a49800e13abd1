import Base
import Database
import Foundation
import Outbound
import Queue
import Sync

/// What a worker counts.
final class WorkerMetrics: Sendable {
    /// Attempts by how they ended.
    let syncs: Counters<SyncStatus>
    let syncSeconds: Histogram
    let conflicts: Counter
    let lostClaims: Counter
    /// By what became of them.
    let rescued: Counters<EventStatus>
    /// Of this process, at Plane's rows.
    let looks: Counters<LookOutcome>
    private let outbound: Counters<OutboundAttempt>
    private let adopted: Counters<PlaneMark.Kind>
    private let fieldConflicts: Counters<SyncReport.Conflict>
    private let claimedEvents: Counter
    private let claimSeconds: Histogram
    private let batchEvents: Histogram
    private let latencySeconds: Histogram
    private let databaseErrors: Counters<DatabaseError.Cause>
    private let registry: MetricsRegistry

    init(leases: Leases, slots: Int, queue: QueueGauges) {
        let direction = (name: "direction", value: "from_github")
        var registry = MetricsRegistry()
        registry.declareProcess("plane-worker")
        let syncs = registry.counters(
            "github_mcp_sync_total",
            "Attempts at events by how they ended; completed, superseded, ignored and failed are final, and one that was "
                + "delayed did not count.",
            for: SyncStatus.allCases
        ) { [("status", $0.rawValue), direction] }
        syncSeconds = registry.histogram(
            "github_mcp_sync_duration_seconds",
            "One run of a batch of events, from decoding to commit or failure.",
            labels: [direction],
            bounds: Histogram.seconds
        )
        latencySeconds = registry.histogram(
            "plane_worker_event_latency_seconds",
            "From the receipt of an event to its completion, waits and retries included.",
            bounds: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600]
        )
        claimedEvents = registry.counter("plane_worker_claimed_events_total", "Events claimed.")
        claimSeconds = registry.histogram(
            "plane_worker_claim_seconds",
            "One claim, those that found nothing included.",
            bounds: Histogram.seconds
        )
        batchEvents = registry.histogram(
            "plane_worker_batch_events",
            "Events that one claim brought, empty claims left out.",
            bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000]
        )
        registry.observed(.counter, "plane_worker_retries_total", "Attempts that failed and will be made again.") {
            [MetricSample(value: Double(syncs.value(.retried)))]
        }
        conflicts = registry.counter(
            "plane_worker_conflicts_total",
            "Batches run again at once after a deadlock or a serialization failure."
        )
        lostClaims = registry.counter(
            "plane_worker_lost_claims_total",
            "Events that had another owner when their batch was to be written."
        )
        rescued = registry.counters(
            "plane_worker_rescued_events_total",
            "Events taken back from workers whose lease ran out, by what became of them.",
            for: [EventStatus.pending, .failed]
        ) { [("status", $0.rawValue)] }
        databaseErrors = registry.counters(
            "plane_worker_database_errors_total",
            "Errors of the database by what they call for.",
            for: DatabaseError.Cause.allCases
        ) { [("kind", $0.rawValue)] }
        outbound = registry.counters(
            "plane_worker_outbound_total",
            "Attempts to bring an issue or a comment from Plane to GitHub by how they ended; nothing: nothing had to be sent.",
            for: OutboundAttempt.all
        ) { [("kind", $0.kind.rawValue), ("status", $0.ending.rawValue)] }
        looks = registry.counters(
            "plane_worker_outbound_looks_total",
            "Looks for what was changed in Plane; skipped: nothing was written, another worker looked, or nobody asked.",
            for: LookOutcome.allCases
        ) { [("result", $0.rawValue)] }
        adopted = registry.counters(
            "plane_worker_outbound_adopted_total",
            "Issues and comments made in Plane whose counterparts on GitHub came to be known.",
            for: PlaneMark.Kind.allCases
        ) { [("kind", $0.rawValue)] }
        fieldConflicts = registry.counters(
            "plane_worker_outbound_conflicts_total",
            "Fields that were changed on both sides, by whose value stays; the other one is in the issue's activities.",
            for: SyncReport.Conflict.all
        ) { [("field", $0.field.rawValue), ("stays", $0.stays.rawValue)] }
        registry.observed(
            .counter,
            "plane_worker_database_round_trips_total",
            "Times this process sent statements to the database and waited for their answers."
        ) { [MetricSample(value: Double(RoundTrips.soFar))] }
        registry.gauge("plane_worker_leases_held", "Events this process holds.") {
            leases.held.reduce(0) { $0 + $1.events.count }
        }
        registry.gauge("plane_worker_slots", "Batches this process can work on at once.") { slots }
        registry.gauge("plane_worker_slots_busy", "Batches this process works on.") { leases.held.count }
        Self.addQueue(queue, to: &registry)
        Self.addOutbound(queue, to: &registry)
        self.syncs = syncs
        self.registry = registry
    }

    /// Figures that every worker shows alike; without series while the database does not give them.
    private static func addQueue(_ queue: QueueGauges, to registry: inout MetricsRegistry) {
        registry.observed(.gauge, "plane_queue_events", "Events of all workers by status.") {
            guard let counts = queue.latest?.counts else { return [] }
            let series: [(EventStatus, Int)] = [
                (.pending, counts.pending), (.processing, counts.processing), (.failed, counts.failed),
            ]
            return series.map { MetricSample(labels: [("status", $0.rawValue)], value: Double($1)) }
        }
        registry.observed(
            .gauge,
            "plane_queue_oldest_pending_seconds",
            "Since the receipt of the pending event that is next in line; 0 when none waits."
        ) {
            queue.latest.map { [MetricSample(value: $0.oldestPending / .seconds(1))] } ?? []
        }
        registry.observed(
            .gauge,
            "plane_queue_limited_events",
            "Pending events that wait for the turn their repository's rate limit gave them."
        ) {
            queue.latest?.counts.map { [MetricSample(value: Double($0.limited))] } ?? []
        }
        registry.observed(
            .gauge,
            "plane_fleet_workers",
            "Workers that give a sign of life, and those lost in the last hour: neither seen for two minutes nor stopped."
        ) {
            guard let fleet = queue.latest?.fleet else { return [] }
            return [("running", fleet.running), ("lost", fleet.lost)].map {
                MetricSample(labels: [("state", $0.0)], value: Double($0.1))
            }
        }
    }

    /// The same of what goes to GitHub.
    private static func addOutbound(_ queue: QueueGauges, to registry: inout MetricsRegistry) {
        registry.observed(.gauge, "plane_outbound_objects", "Issues and comments that have to go to GitHub, by status.")
        {
            guard let totals = queue.latest?.outbound?.totals else { return [] }
            let series = [
                ("waiting", totals.waiting), ("sending", totals.sending), ("parked", totals.parked),
                ("wants_approval", totals.wantsApproval),
            ]
            return series.map { MetricSample(labels: [("status", $0.0)], value: Double($0.1)) }
        }
        func seconds(_ name: String, _ help: String, _ value: @escaping @Sendable (QueueReading.Outbound) -> Double?) {
            registry.observed(.gauge, name, help) {
                queue.latest?.outbound.flatMap(value).map { [MetricSample(value: $0)] } ?? []
            }
        }
        seconds(
            "plane_outbound_oldest_seconds",
            "Since the first change of the issue or comment that has waited longest to go to GitHub; 0 when none waits."
        ) { $0.totals.oldestSeconds ?? 0 }
        seconds(
            "plane_outbound_look_age_seconds",
            "Since a worker last looked for what was changed in Plane; without a series where nobody asked for it."
        ) { $0.looks.ageSeconds }
        seconds("plane_outbound_look_seconds", "How long that look took.") { $0.looks.durationSeconds }
        registry.observed(
            .gauge,
            "plane_outbound_writes",
            "Writes to GitHub's API in the last minute and hour, by whose they were; GitHub wants no more than 80 and 500."
        ) {
            (queue.latest?.outbound?.writers ?? []).flatMap { writer in
                [("minute", writer.lastMinute), ("hour", writer.lastHour)].map {
                    MetricSample(labels: [("principal", writer.principal), ("last", $0.0)], value: Double($0.1))
                }
            }
        }
    }

    /// Counts a claim that took `duration`.
    func count(_ claim: Claim, after duration: Duration) {
        claimSeconds.observe(duration)
        guard !claim.events.isEmpty else { return }
        claimedEvents.add(claim.events.count)
        batchEvents.observe(Double(claim.events.count))
    }

    /// Counts what was committed of a claim; the time before it is by the server's clock, the work by ours.
    func count(
        _ report: SyncReport,
        of claim: Claim,
        claimedAt: ContinuousClock.Instant
    ) {
        let worked = ContinuousClock.now - claimedAt
        let ages = Dictionary(uniqueKeysWithValues: claim.events.map { ($0.id, $0.age) })
        for kind in report.adopted { adopted.add(kind) }
        for conflict in report.conflicts { fieldConflicts.add(conflict) }
        for (event, outcome) in report.outcomes {
            syncs.add(SyncStatus(outcome))
            if case .completed = outcome, let age = ages[event] { latencySeconds.observe(age + worked) }
        }
    }

    func count(_ ending: OutboundEnding, of kind: PlaneMark.Kind) {
        outbound.add(OutboundAttempt(kind: kind, ending: ending))
    }

    func count(_ error: any Error) {
        if let error = error as? DatabaseError { databaseErrors.add(error.cause) }
    }

    /// The page as Prometheus reads it.
    var page: String { registry.render() }
}

/// How one attempt at an event ended, in the words of `github_mcp_sync_total`.
enum SyncStatus: String, Sendable, CaseIterable {
    case completed, superseded, ignored, retried, delayed, failed

    init(_ outcome: Outcome) {
        switch outcome {
        case .completed(.applied, _): self = .completed
        case .completed(.superseded, _): self = .superseded
        case .completed(.ignored, _): self = .ignored
        case .retry: self = .retried
        case .delayed: self = .delayed
        case .failed: self = .failed
        }
    }
}

/// An attempt at an object that goes to GitHub, as it is counted.
private struct OutboundAttempt: Hashable, Sendable {
    let kind: PlaneMark.Kind
    let ending: OutboundEnding

    static let all = PlaneMark.Kind.allCases.flatMap { kind in
        OutboundEnding.allCases.map { OutboundAttempt(kind: kind, ending: $0) }
    }
}

extension SyncReport.Conflict {
    /// Labels and people have no conflicts: each addition and removal counts.
    fileprivate static let all = [OutboundRules.Field.title, .text, .state].flatMap { field in
        ConflictRule.allCases.map { SyncReport.Conflict(field, stays: $0) }
    }
}

/// What became of a look at Plane's rows.
enum LookOutcome: String, Sendable, CaseIterable { case looked, skipped }
