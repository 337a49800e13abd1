import Base
import Foundation
import HTTP

/// Every answer this server gives.
enum Answer: Sendable, Equatable {
    /// What is wrong with a delivery; the raw value is the `error` code.
    enum Fault: String, Sendable {
        case header = "bad_header"
        case form = "bad_form"
        case json = "bad_json"
        case payload = "bad_payload"
        /// PostgreSQL would not store this one.
        case refused = "not_storable"
    }

    case accepted(UUID)
    case duplicate(UUID)
    case requeued(UUID)
    case pong
    case ignored(IgnoredEvent)
    case unauthorized
    case unsupportedMediaType
    case invalid(Fault, detail: String)
    case notConnected
    /// Too many bytes are in flight already.
    case overloaded
    /// Nothing could store it in time.
    case unavailable

    case information
    case alive
    case ready
    case notReady(reason: String)
    case metrics(page: String)
    case notFound
    case methodNotAllowed(methods: String)
}

extension Answer {
    private static let retryAfter = "10"

    var response: HTTPResponse {
        switch self {
        case .accepted(let id): Self.queued(id)
        case .duplicate(let id): Self.queued(id, mark: "duplicate")
        case .requeued(let id): Self.queued(id, mark: "requeued")
        case .pong: Self.json(200, #"{"message":"pong","version":"\#(Version.current)"}"#)
        case .ignored(let event): Self.ignored(event)
        case .unauthorized:
            .error(401, code: "unauthorized", detail: "The delivery does not carry a signature this server knows.")
        case .unsupportedMediaType:
            .error(
                415,
                code: "unsupported_media_type",
                detail: "Content-Type must be application/json or application/x-www-form-urlencoded, in UTF-8."
            )
        case .invalid(let fault, let detail): .error(400, code: fault.rawValue, detail: detail)
        case .notConnected:
            .error(404, code: "repository_not_connected", detail: "The repository is not connected to a project.")
        case .overloaded:
            Self.later(code: "overloaded", detail: "Too much is in hand at the moment; deliver this again later.")
        case .unavailable:
            Self.later(code: "unavailable", detail: "The delivery could not be stored in time; deliver it again later.")
        case .information: Self.json(200, Self.informationBody)
        case .alive: .text(200, "ok\n")
        case .ready: .text(200, "ready\n")
        case .notReady(let reason): Self.later(code: "not_ready", detail: reason)
        case .metrics(let page): .text(200, page, type: MetricsRegistry.contentType)
        case .notFound: .error(404, code: "not_found", detail: "There is nothing at this path.")
        case .methodNotAllowed(let methods): Self.notAllowed(methods)
        }
    }

    private static let informationBody: String = {
        let events = EventType.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        return #"{"name":"plane-ingest","version":"\#(Version.current)","events":[\#(events)]}"#
    }()

    private static func queued(_ id: UUID, mark: StaticString? = nil) -> HTTPResponse {
        let mark = mark.map { ",\"\($0)\":true" } ?? ""
        return json(202, #"{"message":"Event queued for processing","event_id":"\#(id.text)"\#(mark)}"#)
    }

    private static func ignored(_ event: IgnoredEvent) -> HTTPResponse {
        let name = event.name.map { #""event":"\#($0)","# } ?? ""
        return json(200, #"{"message":"Event ignored",\#(name)"reason":"\#(event.reason)"}"#)
    }

    private static func json(_ status: Int, _ text: String) -> HTTPResponse {
        .json(status, bytes: Array(text.utf8))
    }

    private static func later(code: String, detail: String) -> HTTPResponse {
        var response = HTTPResponse.error(503, code: code, detail: detail)
        response.fields.append("Retry-After", retryAfter)
        return response
    }

    private static func notAllowed(_ methods: String) -> HTTPResponse {
        var response = HTTPResponse.error(405, code: "method_not_allowed", detail: "This path allows \(methods).")
        response.fields.append("Allow", methods)
        return response
    }
}

extension Answer {
    /// What became of a delivery, as the metric says it; nil for answers to other requests.
    var outcome: Outcome? {
        switch self {
        case .accepted: .accepted
        case .duplicate: .duplicate
        case .requeued: .requeued
        case .pong: .ping
        case .ignored: .ignored
        case .unauthorized: .unauthorized
        case .unsupportedMediaType, .invalid: .invalid
        case .notConnected: .notConnected
        case .overloaded, .unavailable: .unavailable
        case .information, .alive, .ready, .notReady, .metrics, .notFound, .methodNotAllowed: nil
        }
    }

    /// The row that holds the delivery.
    var eventID: UUID? {
        switch self {
        case .accepted(let id), .duplicate(let id), .requeued(let id): id
        default: nil
        }
    }

    enum Outcome: String, Sendable, CaseIterable {
        case accepted, duplicate, requeued, ignored, ping, unauthorized, invalid, unavailable
        case notConnected = "not_connected"
        case tooLarge = "too_large"
    }
}
