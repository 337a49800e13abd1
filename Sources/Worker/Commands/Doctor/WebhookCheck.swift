import GitHubClient
import Inspect

/// Looks at the webhooks of one repository that lead to plane-ingest, and at what became of their last deliveries.
struct WebhookCheck: Sendable {
    let client: GitHubClient
    let repository: RepositoryName
    /// Whether sweeps bring the changes, and nobody seems to have set up a webhook.
    let isPolled: Bool

    /// - Throws: what would come again at the next repository.
    func findings() async throws(GitHubError) -> [Finding] {
        let hooks: [RepositoryHook]
        do {
            hooks = try await client.allHooks(in: repository).filter(WebhookAddress.isOurs)
        } catch {
            switch error {
            case .notFound, .forbidden:
                return [
                    .notChecked(
                        "the webhooks of \(repository) are not shown to us",
                        "for this check only: admin rights there, or the permission Webhooks: read"
                    )
                ]
            default: throw error
            }
        }
        guard !hooks.isEmpty else {
            guard !isPolled else { return [.ok("no webhook of \(repository) leads to plane-ingest, but sweeps work")] }
            return [
                .warning(
                    "no webhook of \(repository) leads to plane-ingest",
                    "plane-worker connect --create-hook, unless one of the organization or the App does it"
                )
            ]
        }
        var findings: [Finding] = []
        for hook in hooks { findings.append(try await finding(on: hook)) }
        return findings
    }

    private func finding(on hook: RepositoryHook) async throws(GitHubError) -> Finding {
        let name = "webhook \(hook.id) of \(repository)"
        guard hook.isActive else { return .failed("\(name) is turned off", "turn it on: Settings, Webhooks, Active") }
        let missing = hook.events.contains("*") ? [] : WebhookAddress.events.filter { !hook.events.contains($0) }
        guard missing.isEmpty else {
            return .warning(
                "\(name) does not send: \(missing.joined(separator: ", "))",
                "plane-worker connect --create-hook sets it anew"
            )
        }
        var pages = client.deliveries(of: .repository(id: hook.id), for: repository)
        let last = try await pages.nextPage()?.content.content?.elements ?? []
        guard let newest = last.first else { return .ok("\(name) is active, and has delivered nothing in some days") }
        let failed = last.filter { !$0.hasSucceeded }
        guard !failed.isEmpty else {
            return .ok("\(name) is active, and none of its last \(last.count) deliveries failed")
        }
        let counts = Dictionary(grouping: failed) { $0.statusCode.map(String.init) ?? "no answer" }
            .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
            .map { "\($0.key) (\($0.value.count))" }
        let text = "of the last \(last.count) deliveries of \(name), \(failed.count) failed: "
        let advice = "see plane-ingest's log, and Recent Deliveries on the page of the webhook"
        let words = text + counts.joined(separator: ", ")
        return newest.hasSucceeded ? .warning(words, advice) : .failed("\(words); the newest too", advice)
    }
}
