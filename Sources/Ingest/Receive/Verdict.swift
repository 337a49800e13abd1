import Base
import Deliveries
import Foundation
import GitHub
import HTTP
import JSON
import Store

/// What a body is, once its signature held.
enum Verdict: Sendable {
    case delivery(Delivery)
    case ping(Ping)
    case wake(Wake)
    /// There is nothing to store.
    case outcome(DeliveryOutcome)

    /// Checks content type, GitHub's header fields, JSON and shape, in this order.
    init(of webhook: Webhook, _ fields: HTTPFields, body: [UInt8], id: UUID, received: Date) {
        guard let type = ContentType(fields) else {
            self = .outcome(.unsupportedContentType)
            return
        }
        do {
            let headers = webhook == .plane ? nil : try DeliveryHeaders(fields)
            let text = type == .form ? try Form.payload(in: body) : body
            // The body of an ignored event has to be JSON too: anything else did not come from GitHub or Plane.
            let document = try JSONDocument(text)
            guard let headers else {
                self = try Wake(document).map { .wake($0) } ?? .outcome(.withoutWake)
                return
            }
            guard let event = EventType(rawValue: headers.event) else {
                self = headers.event == "ping" ? .ping(Ping(document)) : .outcome(.ignored(headers))
                return
            }
            do throws(PayloadProblem) {
                let delivery = try Delivery(
                    document,
                    event: event,
                    deliveryID: headers.deliveryID,
                    id: id,
                    received: received
                )
                self = .delivery(delivery)
            } catch {
                guard error == .noRepository, event == .subIssues else { throw error }
                self = .outcome(.withoutRepository(event))
            }
        } catch let problem as DeliveryHeaders.Problem {
            self = .outcome(.invalid(.header, detail: problem.description))
        } catch let problem as Form.Problem {
            self = .outcome(.invalid(.form, detail: problem.description))
        } catch let problem as JSONDocument.Problem {
            self = .outcome(.invalid(.json, detail: "The body is not JSON: \(problem)."))
        } catch {
            self = .outcome(.invalid(.payload, detail: "The body does not fit the event: \(error)."))
        }
    }
}

extension DeliveryOutcome {
    /// An event that this system does not take in.
    fileprivate static func ignored(_ headers: DeliveryHeaders) -> DeliveryOutcome {
        guard headers.hasEventName else {
            return .ignored(event: nil, reason: "GitHub has no event of this name; names are in lower case")
        }
        let event = headers.event
        let reason =
            switch event {
            case "installation", "installation_repositories", "installation_target":
                "\(event) events are about an App, not about one repository; nothing to sync"
            case "organization", "membership", "team": "\(event) events are about people; nothing to sync"
            case "meta": "meta events are about the webhook itself; nothing to sync"
            default: "\(event) events are not synced"
            }
        return .ignored(event: event, reason: reason)
    }

    /// Plane's webhook may tell of projects, cycles and modules, too.
    fileprivate static var withoutWake: DeliveryOutcome {
        .ignored(event: nil, reason: "only issues and comments wake the sync")
    }

    /// GitHub's schema lets `sub_issues` come without a repository.
    fileprivate static func withoutRepository(_ event: EventType) -> DeliveryOutcome {
        .ignored(event: event.rawValue, reason: "the delivery names no repository; nothing to sync")
    }
}
