import Base
import Database
import GitHub
import HTTP
import JSON

/// What a body is, once its signature held.
enum Verdict: Sendable {
    case answer(Answer)
    case record(DeliveryHeaders, EventType, Payload, JSONText)

    /// Checks content type, header fields, JSON and shape, in this order.
    init(_ fields: HTTPFields, body: [UInt8]) {
        guard let type = ContentType(fields) else {
            self = .answer(.unsupportedMediaType)
            return
        }
        do {
            let headers = try DeliveryHeaders(fields)
            let text = type == .form ? try Form.payload(in: body) : body
            // Of an ignored event too: what is no JSON was not GitHub's.
            let document = try JSONDocument(text)
            guard let event = EventType(rawValue: headers.event) else {
                self = .answer(headers.event == "ping" ? .pong : .ignored(IgnoredEvent(headers)))
                return
            }
            self = try Self.record(headers, event, document)
        } catch let problem as DeliveryHeaders.Problem {
            self = .answer(.invalid(.header, detail: problem.description))
        } catch let problem as Form.Problem {
            self = .answer(.invalid(.form, detail: problem.description))
        } catch let problem as JSONDocument.Problem {
            self = .answer(.invalid(.json, detail: "The body is not JSON: \(problem)."))
        } catch {
            self = .answer(.invalid(.payload, detail: "The body does not fit the event: \(error)."))
        }
    }

    private static func record(
        _ headers: DeliveryHeaders,
        _ event: EventType,
        _ document: JSONDocument
    ) throws(PayloadProblem) -> Verdict {
        do {
            return .record(headers, event, try Payload(document, event: event), JSONText(document.bytes))
        } catch {
            guard error == .noRepository, event == .subIssues else { throw error }
            return .answer(.ignored(.withoutRepository(event)))
        }
    }
}
