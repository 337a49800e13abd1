import Base
import GitHub
import JSON

extension ConnectCommand {
    private static let webhookPath = "/api/webhooks/github-mcp/"
    private static let webhookEvents = ["issues", "issue_comment", "pull_request", "label", "repository"]

    func lines(_ connected: ConnectedProject) -> [String] {
        let place = "\(connected.project.workspaceSlug)/\(connected.project.identifier)"
        guard !connected.written.isEmpty else {
            return ["already connected: \(repository.fullName) (\(repository.id)) to \(place)"]
        }
        return ["connected \(repository.fullName) (\(repository.id)) to \(place)", "", "Written:"]
            + connected.written.map { "  \($0)" }
            + [
                "",
                "Next, on GitHub: Settings, Webhooks, Add webhook",
                "  Payload URL   https://<the host of plane-ingest>\(Self.webhookPath)",
                "  Content type  application/json",
                "  Secret        the value of GITHUB_WEBHOOK_SECRET",
                "  Events        \(Self.webhookEvents.joined(separator: ", "))",
                "                (in the form: Issues, Issue comments, Pull requests, Labels, Repositories)",
            ]
    }

    func json(_ connected: ConnectedProject) -> JSONValue {
        .object([
            "workspace": .string(connected.project.workspaceSlug),
            "project": .string(connected.project.identifier),
            "repository": .string(repository.fullName),
            "repository_id": .int(Int(repository.id)),
            "repository_sync_id": .string(connected.syncID.text),
            "already_connected": .bool(connected.written.isEmpty),
            "written": .array(connected.written.map(JSONValue.string)),
            "webhook_path": .string(Self.webhookPath),
            "webhook_content_type": .string("application/json"),
            "webhook_events": .array(Self.webhookEvents.map(JSONValue.string)),
        ])
    }
}
