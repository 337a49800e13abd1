import Base
import Foundation
import HTTP
import Store

/// Every answer this server gives.
enum Answer: Sendable {
    case delivery(DeliveryOutcome)
    /// The events that a webhook may send.
    case information([String])
    case alive
    /// Nil: the node is ready.
    case readiness(problem: String?)
    case metrics(page: String)
}

extension Answer {
    private static let retryAfter = "10"

    var response: HTTPResponse {
        switch self {
        case .delivery(let outcome): Self.response(to: outcome)
        case .information(let events): Self.information(events)
        case .alive: .text(200, "ok\n")
        case .readiness(nil): .text(200, "ready\n")
        case .readiness(let problem?): Self.later(code: "not_ready", detail: problem)
        case .metrics(let page): .text(200, page, type: MetricsRegistry.contentType)
        }
    }

    private static func response(to outcome: DeliveryOutcome) -> HTTPResponse {
        switch outcome {
        case .accepted(let id): queued(id)
        case .duplicate(let id): queued(id, mark: "duplicate")
        case .requeued(let id): queued(id, mark: "requeued")
        case .noted: json(202, #"{"message":"Wake-up stored"}"#)
        case .ping: json(200, #"{"message":"pong","version":"\#(Version.current)"}"#)
        case .ignored(let event, let reason): ignored(event, reason)
        case .unauthorized:
            .error(401, code: "unauthorized", detail: "The delivery does not carry a signature this server knows.")
        case .unsupportedContentType:
            .error(
                415,
                code: "unsupported_media_type",
                detail: "Content-Type must be application/json or application/x-www-form-urlencoded, in UTF-8."
            )
        case .invalid(let fault, let detail): .error(400, code: fault.rawValue, detail: detail)
        case .notConnected:
            .error(404, code: "repository_not_connected", detail: "The repository is not connected to a project.")
        case .overloaded:
            later(code: "overloaded", detail: "Too much is in hand at the moment; deliver this again later.")
        case .unavailable:
            later(code: "unavailable", detail: "The delivery could not be stored in time; deliver it again later.")
        }
    }

    private static func information(_ events: [String]) -> HTTPResponse {
        let events = events.map { "\"\($0)\"" }.joined(separator: ",")
        return json(200, #"{"name":"plane-ingest","version":"\#(Version.current)","events":[\#(events)]}"#)
    }

    private static func queued(_ id: UUID, mark: StaticString? = nil) -> HTTPResponse {
        let mark = mark.map { ",\"\($0)\":true" } ?? ""
        return json(202, #"{"message":"Event queued for processing","event_id":"\#(id.text)"\#(mark)}"#)
    }

    private static func ignored(_ event: String?, _ reason: String) -> HTTPResponse {
        let name = event.map { #""event":"\#($0)","# } ?? ""
        return json(200, #"{"message":"Event ignored",\#(name)"reason":"\#(reason)"}"#)
    }

    private static func json(_ status: Int, _ text: String) -> HTTPResponse {
        .json(status, bytes: Array(text.utf8))
    }

    private static func later(code: String, detail: String) -> HTTPResponse {
        var response = HTTPResponse.error(503, code: code, detail: detail)
        response.fields.append("Retry-After", retryAfter)
        return response
    }
}

extension RequestReport {
    /// Answers a request that did not become a delivery, and has it counted and logged.
    func answer(_ outcome: DeliveryOutcome, to request: WebhookRequest) -> HTTPResponse {
        record(outcome, of: request)
        return Answer.delivery(outcome).response
    }
}
