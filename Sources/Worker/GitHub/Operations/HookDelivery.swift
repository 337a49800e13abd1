import Base
import JSON

/// One attempt to deliver an event, in the words of GitHub.
package struct HookDelivery: Sendable, Equatable {
    /// Of this attempt.
    package let id: Int64
    /// Of the event, the same in all attempts: X-GitHub-Delivery.
    package let guid: String
    package let deliveredAt: Timestamp
    package let isRedelivery: Bool
    package let event: String
    package let action: String?
    /// What the receiver answered; nil if it did not.
    package let statusCode: Int64?
    package let repositoryID: Int64?

    init(_ object: JSONObject) throws(PayloadProblem) {
        id = try object.positiveID("id")
        guid = try object.exactText("guid")
        deliveredAt = try object.timestamp("delivered_at")
        isRedelivery = try object.boolIfPresent("redelivery") ?? false
        event = try object.exactText("event")
        action = try object.exactTextIfPresent("action")
        // GitHub writes 0 where there was no answer.
        statusCode = try? object.positiveID("status_code")
        repositoryID = try? object.positiveID("repository_id")
    }

    package var hasSucceeded: Bool { statusCode.map { (200..<300).contains($0) } ?? false }
}

extension GitHubClient {
    /// Which deliveries a list has.
    package enum DeliveryStatus: String, Sendable { case success, failure }

    /// Attempts of a repository's hook, the newest first.
    package func deliveries(
        of hook: Hook,
        for repository: RepositoryName,
        _ status: DeliveryStatus? = nil
    ) -> Pages<HookDelivery> {
        let query = status.map { "&status=\($0)" } ?? ""
        let request = hook.request(.get, "/deliveries?per_page=100\(query)", for: repository)
        return Pages(self, request, unless: nil, HookDelivery.init)
    }

    /// The body of a delivery, as JSON; nil if the answer does not show it.
    package func payload(
        of delivery: Int64,
        from hook: Hook,
        for repository: RepositoryName
    ) async throws(GitHubError) -> Answer<[UInt8]?> {
        let request = hook.request(.get, "/deliveries/\(delivery)", for: repository)
        let answer = try await call(request)
        let document = try answer.document(of: request)
        let payload: [UInt8]?
        do throws(PayloadProblem) {
            let request = try JSONObject(document).object("request")
            payload = try request.objectIfPresent("payload").map { Array($0.source) }
        } catch {
            payload = nil
        }
        return Answer(payload, answer)
    }

    /// Asks GitHub to deliver once more, under the same GUID; that takes the right to write webhooks.
    package func redeliver(
        _ delivery: Int64,
        of hook: Hook,
        for repository: RepositoryName
    ) async throws(GitHubError) -> Answer<Void> {
        let answer = try await call(hook.request(.post, "/deliveries/\(delivery)/attempts", for: repository))
        return Answer((), answer)
    }
}
