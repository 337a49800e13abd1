import GitHub
import JSON

/// A webhook that brings the events of a repository, and whose deliveries GitHub remembers for some days.
package enum Hook: Sendable, Hashable, Codable {
    /// The repository's own.
    case repository(id: Int64)
    /// That of the organization whose repository it is.
    case organization(id: Int64)
    /// That of the App as which we call.
    case app

    /// A path below that of the hook, such as `/deliveries`.
    func request(_ method: APIRequest.Method, _ path: String, for repository: RepositoryName) -> APIRequest {
        switch self {
        case .repository(let id): APIRequest(method, "/hooks/\(id)\(path)", in: repository)
        case .organization(let id):
            APIRequest(method, "/orgs/\(repository.owner)/hooks/\(id)\(path)", .repository(repository))
        case .app: APIRequest(method, "/app/hook\(path)", .app)
        }
    }
}

extension GitHubClient {
    /// The hooks that bring a repository's events to a plane-ingest, as far as we may know: a list that GitHub does not
    /// show us counts as empty.
    ///
    /// - Returns: nil if it showed none of the lists.
    package func hooks(of repository: RepositoryName) async throws(GitHubError) -> [Hook]? {
        let own = try await hooks(APIRequest(.get, "/hooks?per_page=100", in: repository)) { .repository(id: $0) }
        let path = "/orgs/\(repository.owner)/hooks?per_page=100"
        let shared = try await hooks(APIRequest(.get, path, .repository(repository))) { .organization(id: $0) }
        let app = try await appHook()
        let lists = [own, shared, app].compactMap(\.self)
        return lists.isEmpty ? nil : lists.flatMap(\.self)
    }

    private func hooks(_ first: APIRequest, _ hook: (Int64) -> Hook) async throws(GitHubError) -> [Hook]? {
        var pages = Pages(self, first, unless: nil, RepositoryHook.init)
        var found: [Hook] = []
        do throws(GitHubError) {
            while let page = try await pages.nextPage()?.content.content {
                // Of a URL nothing else is kept, since it may have a secret in its query.
                found += page.elements.filter { WebhookPath.isIn($0.url) }.map { hook($0.id) }
            }
        } catch {
            guard error.isRefusal else { throw error }
            return nil
        }
        return found
    }

    private func appHook() async throws(GitHubError) -> [Hook]? {
        guard case .app = credentials else { return nil }
        do throws(GitHubError) {
            let url = try await object(of: APIRequest(.get, "/app/hook/config", .app)) {
                (config) throws(PayloadProblem) in try config.exactTextIfPresent("url")
            }
            return url.content.map(WebhookPath.isIn) ?? false ? [.app] : []
        } catch {
            guard error.isRefusal else { throw error }
            return nil
        }
    }
}

extension GitHubError {
    /// Whether GitHub will say the same until somebody gives us the right.
    fileprivate var isRefusal: Bool {
        switch self {
        case .notFound, .forbidden: true
        default: false
        }
    }
}
