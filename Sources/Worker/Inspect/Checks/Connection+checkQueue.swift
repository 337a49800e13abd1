import Database

extension Connection {
    /// Checks that workers run, that none was lost, and that all have the same version.
    func workerFindings() throws -> [Finding] {
        let fleet = try fleet()
        func count(_ state: String) -> Int { fleet.counts.first { $0.state == state }?.workers ?? 0 }
        let (running, lost) = (count("running"), count("lost"))
        let due = running > 0 ? 0 : try run(QueueStatus.read).due
        let versions = Set(fleet.workers.filter { $0.state == "running" }.map(\.version)).sorted()
        let findings: [Finding?] = [
            running > 0
                ? .ok("workers running: \(running)")
                : due > 0
                    ? .failed("events wait, and no worker runs", "start plane-worker")
                    : .warning("no worker runs", "start plane-worker"),
            lost == 0
                ? nil
                : .warning(
                    "workers lost in the last day: \(lost) (their events go to others)",
                    "look for the reason in their logs: plane-worker status names them"
                ),
            versions.count < 2
                ? nil
                : .warning(
                    "workers of several versions run: \(versions.joined(separator: ", "))",
                    "finish the upgrade"
                ),
        ]
        return findings.compactMap(\.self)
    }

    /// Checks how long the oldest due event has waited.
    func queueFindings() throws -> [Finding] {
        let seconds: Double? = try run(
            """
            select extract(epoch from now() - min(run_at))::float8 as seconds
            from github_sync.github_webhook_events where status = 'pending' and run_at <= now()
            """
        )[0].getIfPresent("seconds")
        guard let seconds else { return [.ok("no due event waits")] }
        let text = "the oldest event that is due has waited for \(Age(seconds: Int(seconds)).text)"
        let advice = "see plane-worker status: start more workers, or remove what makes events fail"
        return switch seconds {
        case ..<60: [.ok(text)]
        case ..<600: [.warning(text, advice)]
        default: [.failed(text, advice)]
        }
    }

    func failureFindings() throws -> [Finding] {
        let row = try run(
            """
            select sum(events)::bigint as events, (array_agg(error order by events desc))[1] as error
            from github_sync.github_failures
            """
        )[0]
        guard let events: Int = try row.getIfPresent("events") else { return [.ok("no event has failed")] }
        let error: String? = try row.getIfPresent("error")
        return [
            .warning(
                "failed events: \(events), most often: \(error ?? "without an error")",
                "plane-worker events --status failed; remove the cause, then plane-worker replay --status failed"
            )
        ]
    }
}
