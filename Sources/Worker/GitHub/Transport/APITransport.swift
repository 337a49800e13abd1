import Base
import Foundation
import JSON

/// Sends requests to the one server that gets our token, and follows its redirects.
struct APITransport: Sendable {
    let address: APIAddress
    var maximumBytes = 64 << 20
    private let session = HTTPSession()

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
        do {
            return try await session.send(
                httpRequest(request, url, token),
                until: deadline,
                maximumBytes: maximumBytes
            )
        } catch {
            let mayBeDone = request.creates && error.mayHaveArrived
            if error.reason == .cancelled, !mayBeDone { throw .cancelled }
            throw mayBeDone ? .outcomeUnknown(error.reason.rawValue) : .transient(error.reason.rawValue)
        }
    }

    private func httpRequest(_ request: APIRequest, _ url: URL, _ token: Secret) -> HTTPRequest {
        var fields = [
            "Authorization: Bearer \(token.reveal())",
            "Accept: application/vnd.github+json",
            "X-GitHub-Api-Version: 2022-11-28",
            "User-Agent: plane-github-sync/\(Version.current)",
        ]
        if let etag = request.etag { fields.append("If-None-Match: \(etag)") }
        if request.body != nil { fields.append("Content-Type: application/json") }
        return HTTPRequest(method: request.method, url: url.absoluteString, fields: fields, body: request.body?.text)
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
    /// The error of a call whose outcome is not known: it may be repeated unless it creates something, and not before
    /// the time that GitHub names.
    func failure(_ reason: String, until: Timestamp? = nil) -> GitHubError {
        creates ? .outcomeUnknown(reason) : .transient(reason, until: until)
    }
}
