import Base
import JSON

/// A webhook whose deliveries GitHub remembers for some days.
package enum Hook: Sendable, Equatable {
    case repository(RepositoryName, id: Int64)
    /// The App's own.
    case app

    fileprivate func request(_ path: String) -> APIRequest {
        switch self {
        case .repository(let repository, let id): APIRequest(.get, "/hooks/\(id)/deliveries\(path)", in: repository)
        case .app: APIRequest(.get, "/app/hook/deliveries\(path)", .app)
        }
    }
}

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

    /// Deliveries of a hook, the newest first.
    package func deliveries(of hook: Hook, _ status: DeliveryStatus? = nil) -> Pages<HookDelivery> {
        let query = status.map { "&status=\($0)" } ?? ""
        return Pages(self, hook.request("?per_page=100\(query)"), unless: nil, HookDelivery.init)
    }

    /// The body of a delivery, as JSON.
    package func payload(of delivery: Int64, from hook: Hook) async throws(GitHubError) -> Answer<[UInt8]> {
        let request = hook.request("/\(delivery)")
        let answer = try await call(request)
        let payload = try answer.object(of: request) { (object) throws(PayloadProblem) in
            Array(try object.object("request").object("payload").source)
        }
        return Answer(payload, answer)
    }
}
