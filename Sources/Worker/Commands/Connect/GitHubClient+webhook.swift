import Base
import GitHub
import GitHubClient

extension HookSettings {
    /// A webhook of ours, signed with the first secret of this environment.
    init(_ address: WebhookAddress, _ environment: Environment) throws(Environment.Problem) {
        let name = "GITHUB_WEBHOOK_SECRET"
        let secrets = (try environment.secrets(name) ?? []) + (try environment.secrets("\(name)_FILE") ?? [])
        guard let secret = secrets.first else {
            throw Environment.Problem("\(name) is not set, expected the secret of the webhook (or \(name)_FILE)")
        }
        self.init(url: address.url, secret: secret, events: WebhookAddress.events)
    }
}

/// The webhook that a command made, or found and set anew.
struct EnsuredHook: Sendable, Equatable {
    let id: Int64
    let isNew: Bool
}

extension GitHubClient {
    /// Makes the webhook of a repository, or sets the one anew that leads to the same address.
    ///
    /// When nobody knows whether it was made, the list of webhooks tells. If it is not in there, it may still come, so
    /// it is not made a second time.
    func ensureHook(
        _ settings: HookSettings,
        at address: WebhookAddress,
        in repository: RepositoryName
    ) async throws(GitHubError) -> EnsuredHook {
        if let hook = try await allHooks(in: repository).first(where: address.isAddress) {
            return EnsuredHook(id: try await updateHook(hook.id, settings, in: repository).id, isNew: false)
        }
        do {
            return EnsuredHook(id: try await createHook(settings, in: repository).id, isNew: true)
        } catch .outcomeUnknown(let reason) {
            guard let hook = try await allHooks(in: repository).first(where: address.isAddress) else {
                throw .outcomeUnknown("\(reason); try again, nothing is made twice")
            }
            return EnsuredHook(id: hook.id, isNew: true)
        }
    }

    /// Deletes the webhooks of a repository that lead to an address.
    /// - Returns: how many there were.
    func deleteHooks(to address: WebhookAddress, in repository: RepositoryName) async throws(GitHubError) -> Int {
        let hooks = try await allHooks(in: repository).filter(address.isAddress)
        for hook in hooks {
            do {
                try await deleteHook(hook.id, in: repository)
            } catch .notFound {
                // Somebody else did it meanwhile.
            }
        }
        return hooks.count
    }

    func allHooks(in repository: RepositoryName) async throws(GitHubError) -> [RepositoryHook] {
        var pages = hooks(in: repository)
        var hooks: [RepositoryHook] = []
        while let page = try await pages.nextPage() { hooks += page.content.content?.elements ?? [] }
        return hooks
    }
}

extension CommandFailure {
    /// Why a change of a repository's webhooks failed.
    init(_ error: GitHubError, onWebhooksOf repository: RepositoryName) {
        switch error {
        case .forbidden, .notFound:
            self.init(
                "GitHub lets us not change the webhooks of \(repository) (\(error)): that takes admin rights there, "
                    + "and of a fine-grained token or an App the permission Webhooks: write"
            )
        case .validation(let words): self.init("GitHub does not take the webhook of \(repository): \(words)")
        default: self.init("the webhook of \(repository): \(error)")
        }
    }
}
