import Base
import GitHubClient
import JSON

/// What `connect` did, and what is left to do.
struct ConnectReport: Sendable {
    let connected: ConnectedProject
    let known: KnownRepository
    /// From one sweep to the next, where sweeps are to bring the changes; nil where a webhook is.
    let sweep: Duration?
    /// The webhook that was made or set anew, and where it leads.
    var hook: (address: WebhookAddress, hook: EnsuredHook)?

    init(connected: ConnectedProject, known: KnownRepository, sweep: Duration?) {
        self.connected = connected
        self.known = known
        self.sweep = sweep
    }

    var lines: [String] {
        let place = "\(connected.project.workspaceSlug)/\(connected.project.identifier)"
        let repository = "\(known.repository.fullName) (\(known.repository.id))"
        var lines =
            connected.written.isEmpty
            ? ["already connected: \(repository) to \(place)"]
            : ["connected \(repository) to \(place)", "", "Written:"] + connected.written.map { "  \($0)" }
        if let access = known.access { lines += ["", "Permissions on GitHub:"] + access.lines }
        if let (address, hook) = hook {
            lines += ["", "\(hook.isNew ? "made" : "set anew:") webhook \(hook.id), which leads to \(address.url)"]
        } else if let sweepSeconds {
            lines += [
                "", "No webhook is needed. The workers, with this token or App in their environment,",
                "bring what changes from now on, every \(sweepSeconds) s (GITHUB_SWEEP_SECONDS).",
                "What was there before comes with:",
                "  plane-worker import --repository \(known.repository.fullName)",
            ]
        } else if !connected.written.isEmpty {
            lines += [
                "", "Next, on GitHub: Settings, Webhooks, Add webhook",
                "  Payload URL   https://<the host of plane-ingest>\(WebhookAddress.path)",
                "  Content type  application/json",
                "  Secret        the value of GITHUB_WEBHOOK_SECRET",
                "  Events        \(WebhookAddress.events.joined(separator: ", "))",
                "                (in the form: Issues, Issue comments, Pull requests, Labels, Repositories)",
            ]
        }
        return lines
    }

    var json: JSONValue {
        // Nobody is to set up a webhook where sweeps are enough.
        func ofWebhook(_ value: JSONValue) -> JSONValue { sweep == nil ? value : .null }
        return .object([
            "workspace": .string(connected.project.workspaceSlug),
            "project": .string(connected.project.identifier),
            "repository": .string(known.repository.fullName),
            "repository_id": .int(Int(known.repository.id)),
            "repository_sync_id": .string(connected.syncID.text),
            "already_connected": .bool(connected.written.isEmpty),
            "written": .array(connected.written.map(JSONValue.string)),
            "permissions": known.access.map { .array($0.permissions.map(JSONValue.string)) } ?? .null,
            "missing_permissions": known.access.map { .array($0.missing.map(JSONValue.string)) } ?? .null,
            "webhook_id": .optional(hook.map { Int($0.hook.id) }),
            "webhook_path": ofWebhook(.string(WebhookAddress.path)),
            "webhook_content_type": ofWebhook(.string("application/json")),
            "webhook_events": ofWebhook(.array(WebhookAddress.events.map(JSONValue.string))),
            "sweep_seconds": .optional(sweepSeconds),
        ])
    }

    private var sweepSeconds: Int? { sweep.map { max(1, Int($0 / .seconds(1))) } }
}

extension RepositoryAccess {
    /// What we may do, and what is missing, one a line.
    fileprivate var lines: [String] {
        (permissions.isEmpty ? ["  GitHub does not tell"] : permissions.map { "  \($0)" })
            + missing.map { "  missing, for import and sweeps: \($0)" }
    }
}
