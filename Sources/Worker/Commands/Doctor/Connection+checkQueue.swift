import Database

extension Connection {
    /// Checks that workers run, that none was lost, and that all have the same version.
    func workerFindings() throws -> [Finding] {
        let fleet = try fleet()
        func count(_ state: String) -> Int { fleet.counts.first { $0.state == state }?.workers ?? 0 }
        var findings: [Finding] = []
        if count("running") > 0 {
            findings.append(.ok("workers running: \(count("running"))"))
        } else if try run(QueueStatus.read).due > 0 {
            findings.append(.failed("events wait, and no worker runs", "start plane-worker"))
        } else {
            findings.append(.warning("no worker runs", "start plane-worker"))
        }
        if count("lost") > 0 {
            findings.append(
                .warning(
                    "workers lost in the last day: \(count("lost")) (their events go to others)",
                    "look for why in their logs: plane-worker status names them"
                )
            )
        }
        let versions = Set(fleet.workers.filter { $0.state == "running" }.map(\.version)).sorted()
        if versions.count > 1 {
            findings.append(
                .warning("workers of several versions run: \(versions.joined(separator: ", "))", "end the upgrade")
            )
        }
        return findings
    }

    /// Checks how long the oldest due event has waited.
    func queueFindings() throws -> [Finding] {
        let seconds: Double? = try run(
            """
            select extract(epoch from now() - min(run_at))::float8 as seconds
            from github_sync.github_webhook_events where status = 'pending' and run_at <= now()
            """
        )[0].getIfPresent("seconds")
        guard let seconds else { return [.ok("nothing that is due waits")] }
        let text = "the oldest event that is due has waited for \(Age(seconds: Int(seconds)).text)"
        let advice = "see plane-worker status: more workers, or what they stumble over"
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
