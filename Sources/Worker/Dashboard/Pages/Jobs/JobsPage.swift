import Base
import Foundation
import Inspect
import JSON
import Jobs

/// `/jobs`: what is read from GitHub beside the webhooks, and how far it is.
enum JobsPage {
    static func make(_ request: PageRequest) async throws -> Page {
        let withSweeps = try request.field("sweeps") == "yes"
        let jobs = try await request.data.connection.jobs(limit: 100, withSweeps: withSweeps)
        let other: HTML =
            withSweeps
            ? "<a class=\"button\" href=\"\(request.link("/jobs"))\">Hide sweeps</a>"
            : "<a class=\"button\" href=\"\(request.link("/jobs?sweeps=yes"))\">Show sweeps too</a>"
        let content: HTML =
            jobs.isEmpty
            ? .empty(
                "No job was asked for",
                "Bring existing issues with <code>plane-worker import --repository owner/name</code>."
            )
            : table(jobs, request)
        return Page(
            "Jobs",
            in: .jobs,
            json: .object(["jobs": .array(jobs.map(\.json))]),
            """
            <div class="head"><div><h1>Jobs</h1><p class="sub">Imports, reconciliations and recoveries</p></div>\(other)</div>\
            \(try request.done)<section class="card" aria-label="Jobs">\(content)</section>
            """
        )
    }

    private static func table(_ jobs: [JobRecord], _ request: PageRequest) -> HTML {
        let mayCancel = request.mayAct()
        let rows = jobs.map { job -> HTML in
            let cancel: HTML? =
                mayCancel && !job.isFinished && !job.repeats && !job.isCancelled
                ? """
                <form method="post" action="\(request.link("/jobs/\(job.id.text)/cancel"))"><button>Cancel</button></form>
                """ : nil
            let last: HTML? = mayCancel ? "<td>\(cancel)</td>" : nil
            return """
                <tr><td>\(state(job))</td><th scope="row">\(job.kind.rawValue)</th><td>\(job.repository)</td>\
                <td data-l="Read">\(progress(job))</td><td class="w">\(words(job))</td>\
                <td class="t">\(.time(job.createdAt, now: request.now))</td>\(last)</tr>
                """
        }
        let action = mayCancel ? [HTML.Column("Cancel", "", isHidden: true)] : []
        return .table(
            "Jobs, newest first",
            ["State", "Job", "Repository", "Read", .init("", "w", isHidden: true), .init("Made", "t")] + action,
            rows,
            stacks: true
        )
    }

    private static func state(_ job: JobRecord) -> HTML {
        if job.isCancelled { return .status(job.isFinished ? "cancelled" : "ends soon", .soft) }
        return switch job.status {
        case "queued": .status("queued", .soft, icon: .wait)
        case "running": .status("running", .run)
        case "completed": .status("completed", .ok)
        case "partial": .status("partial", .warn)
        default: .status(job.status, .bad)
        }
    }

    private static func progress(_ job: JobRecord) -> HTML {
        guard let total = job.total, let part = job.share else {
            return "\(Number.grouped(job.read)), \(Number.grouped(job.stored)) new"
        }
        let share = Int(part * 100)
        return """
            <svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="\(share) percent">\
            <rect width="100" height="8" rx="2"/><rect width="\(share)" height="8" rx="2"/></svg>\
            \(Number.grouped(job.read)) of \(Number.grouped(total)), \(Number.grouped(job.stored)) new
            """
    }

    private static func words(_ job: JobRecord) -> HTML {
        if let error = job.error { return "<span class=\"bad\">\(error)</span>" }
        if !job.problems.isEmpty { return "\(Number.counted(job.problems.count, "object")) could not be read" }
        return job.status == "running" ? "reads \(job.list)" : ""
    }

    /// Asks a job to end.
    static func cancel(_ request: PageRequest) async throws -> String {
        guard let id = UUID(uuidString: request.captures[0]),
            let job = try await request.data.connection.cancelJob(id, by: request.person)
        else { throw PageProblem(404, "No such job", "It may have been deleted.") }
        return request.link("/jobs?cancelled=\(job.isCancelled ? 1 : 0)")
    }
}
