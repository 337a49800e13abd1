import Base
import Foundation
import FoundationNetworking
import JSON

/// Sends requests to the one server that gets our token, and follows its redirects.
struct APITransport: Sendable {
    let address: APIAddress
    var maximumBytes = 64 << 20
    /// For reads; a session of its own is made for each write.
    ///
    /// Where a kept connection dies, libcurl sends the head of a request again without its body, and then waits.
    private let reads = HTTPSession()

    private static let redirects = 5

    init(_ address: APIAddress) { self.address = address }

    func send(
        _ request: APIRequest,
        as token: Secret,
        until deadline: ContinuousClock.Instant
    ) async throws(GitHubError) -> HTTPAnswer {
        var path = request.path
        var movedTo: String?
        for _ in 0...Self.redirects {
            var answer = try await sendOnce(request, to: path, as: token, until: deadline)
            guard [301, 302, 303, 307, 308].contains(answer.status) else {
                answer.movedTo = movedTo
                return answer
            }
            path = try target(of: answer, to: request, at: path)
            movedTo = path
        }
        throw .transient("one redirect leads to another without end")
    }

    private func sendOnce(
        _ request: APIRequest,
        to path: String,
        as token: Secret,
        until deadline: ContinuousClock.Instant
    ) async throws(GitHubError) -> HTTPAnswer {
        guard !Task.isCancelled else { throw .cancelled }
        guard let url = address.url(path) else { throw .validation("the path is malformed") }
        let session = request.method == .get ? reads : HTTPSession()
        do {
            return try await session.send(
                urlRequest(request, url, token),
                until: deadline,
                maximumBytes: maximumBytes
            )
        } catch {
            switch error {
            case .notConnected, .untrusted: throw .transient(error.rawValue)
            case .cancelled where !request.creates: throw .cancelled
            case .timedOut, .broken, .tooLarge, .cancelled: throw request.failure(error.rawValue)
            }
        }
    }

    private func urlRequest(_ request: APIRequest, _ url: URL, _ token: Secret) -> URLRequest {
        var result = URLRequest(url: url)
        result.httpMethod = request.method.rawValue
        // The deadline of the exchange comes first.
        result.timeoutInterval = 3600
        result.setValue("Bearer \(token.reveal())", forHTTPHeaderField: "Authorization")
        result.setValue("application/vnd.github+json", forHTTPHeaderField: "Accept")
        result.setValue("2022-11-28", forHTTPHeaderField: "X-GitHub-Api-Version")
        result.setValue("plane-github-sync/\(Version.current)", forHTTPHeaderField: "User-Agent")
        if let etag = request.etag { result.setValue(etag, forHTTPHeaderField: "If-None-Match") }
        if let body = request.body {
            result.setValue("application/json", forHTTPHeaderField: "Content-Type")
            result.httpBody = Data(body.text.utf8)
        }
        return result
    }

    /// Where to send a request again: only to the same server, and a write only where its method and body may stay.
    private func target(
        of answer: HTTPAnswer,
        to request: APIRequest,
        at path: String
    ) throws(GitHubError) -> String {
        guard let location = answer.fields["location"], let base = address.url(path),
            let url = URL(string: location, relativeTo: base)
        else { throw .transient("a redirect leads nowhere") }
        guard let target = address.path(of: url), request.method == .get || [307, 308].contains(answer.status) else {
            throw .moved(to: url.absoluteURL.path)
        }
        return target
    }
}

extension APIRequest {
    /// The error of a call whose outcome is not known: it may be repeated unless it creates something.
    func failure(_ reason: String) -> GitHubError { creates ? .outcomeUnknown(reason) : .transient(reason) }
}
