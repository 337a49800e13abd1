import Base
import Database
import Dispatch
import Foundation
import GitHub
import HTTP

/// What happens to a request: from its head to the recorder's queue.
final class Intake: Sendable {
    /// GitHub's cap, 25 MB, read generously.
    static let maximumBody = 26_214_400
    /// Decoding more than this would keep the other connections of an event loop waiting.
    private static let largeBody = 256 * 1024

    let secrets: WebhookSecrets
    let budget: ByteBudget
    let metrics: IngestMetrics
    private let queue: DeliveryQueue
    private let repositories: ConnectedRepositories
    private let readiness: Readiness
    private let spool: SpoolRoute?
    private let storeLimit: Duration
    private let log: Log
    private let limitedLog: LimitedLog
    private let ids = EventIDGenerator()
    /// One at a time: what decoding needs beside the body is then needed once.
    private let largeBodies = DispatchQueue(label: "large-deliveries")

    init(
        secrets: WebhookSecrets,
        budget: ByteBudget,
        metrics: IngestMetrics,
        queue: DeliveryQueue,
        repositories: ConnectedRepositories,
        readiness: Readiness,
        spool: SpoolRoute?,
        storeLimit: Duration,
        log: Log
    ) {
        self.secrets = secrets
        self.budget = budget
        self.metrics = metrics
        self.queue = queue
        self.repositories = repositories
        self.readiness = readiness
        self.spool = spool
        self.storeLimit = storeLimit
        self.log = log
        limitedLog = LimitedLog(log)
    }

    func admit(_ head: HTTPRequestHead) -> HTTPAdmission {
        guard let endpoint = Endpoint(path: head.path) else { return .respond(Answer.notFound.response) }
        let reads = head.method == "GET" || head.method == "HEAD"
        switch endpoint {
        case .webhook(let source) where head.method == "POST":
            return .receive(into: IncomingDelivery(self, head: head, source: source), limit: Self.maximumBody)
        case _ where !reads: return .respond(Answer.methodNotAllowed(methods: endpoint.methods).response)
        case .webhook: return .respond(Answer.information.response)
        case .health: return .respond(Answer.alive.response)
        case .readiness: return .respond(readiness.answer.response)
        case .metrics: return .respond(Answer.metrics(page: metrics.page).response)
        }
    }

    /// Refuses a body for which there is no room.
    func overloaded(_ head: HTTPRequestHead) -> HTTPResponse {
        answered(.overloaded, head)
    }

    func refuse(_ refusal: Signature.Refusal, head: HTTPRequestHead, reply: HTTPReply) {
        metrics.signatureRefusals.add(refusal)
        limitedLog(.warning, "signature refused", reason: refusal.rawValue, [.address: head.client])
        reply.send(answered(.unauthorized, head))
    }

    /// Goes on with a body whose signature held.
    func take(_ body: [UInt8], head: HTTPRequestHead, reservation: ByteReservation?, reply: HTTPReply) {
        let received = ContinuousClock.now
        let date = Date()
        let work: @Sendable () -> Void = { [self] in
            switch Verdict(head.fields, body: body) {
            case .answer(let answer): reply.send(answered(answer, head))
            case .record(let headers, let event, let payload, let text):
                let delivery = Delivery(
                    id: ids.next(at: date),
                    deliveryID: headers.deliveryID,
                    event: event,
                    action: payload.action,
                    repositoryID: payload.repository.id,
                    repositoryName: payload.repository.fullName,
                    received: date,
                    payload: text
                )
                record(delivery, reservation, head: head, received: received, reply: reply)
            }
        }
        if body.count > Self.largeBody { largeBodies.async(execute: work) } else { work() }
    }

    private func record(
        _ delivery: Delivery,
        _ reservation: ByteReservation?,
        head: HTTPRequestHead,
        received: ContinuousClock.Instant,
        reply: HTTPReply
    ) {
        log(
            .debug,
            "delivery received",
            delivery.logKeys.merging([.address: head.client, .bytes: delivery.payload.bytes.count]) { $1 }
        )
        let ticket = Ticket(deadline: received + storeLimit) { [self] answer in
            let duration = ContinuousClock.now - received
            metrics.requestSeconds.observe(duration)
            if let outcome = answer.outcome { metrics.count(EventLabel(delivery.event.rawValue), outcome) }
            reply.send(answer.response)
            tell(answer, to: delivery, after: duration)
        }
        submit(Submission(delivery, ticket, reservation))
    }

    /// A line for each delivery, of which only what went wrong is an operator's business.
    private func tell(_ answer: Answer, to delivery: Delivery, after duration: Duration) {
        let keys: () -> Log.Keys = {
            delivery.logKeys(of: answer).merging([.durationSeconds: duration]) { $1 }
        }
        switch answer {
        case .invalid(let fault, let detail):
            log(.warning, "delivery not stored", keys().merging([.reason: fault.rawValue, .error: detail]) { $1 })
        case .unavailable, .overloaded: log(.warning, "delivery not stored", keys())
        default: log(.debug, "delivery answered", keys())
        }
    }

    private func submit(_ submission: Submission) {
        let (delivery, ticket) = (submission.delivery, submission.ticket)
        if let id = spool?.contents.eventID(of: delivery.deliveryID) {
            ticket.settle(.duplicate(id))
        } else if isUnconnected(delivery.repositoryID) {
            // The bad news needs no writer; an organization's hook may bring mostly such deliveries.
            ticket.settle(.notConnected)
        } else if let spool, spool.circuit.isOpen {
            spool.submit(submission)
        } else {
            queue.submit(submission)
        }
    }

    private func isUnconnected(_ repository: Int64) -> Bool {
        repositories.known([repository])[repository] == ConnectedRepositories.Connection.none
    }

    /// Counts and logs an answer to what did not become a delivery.
    private func answered(_ answer: Answer, _ head: HTTPRequestHead) -> HTTPResponse {
        guard let outcome = answer.outcome else { return answer.response }
        metrics.count(EventLabel(head.fields.first("x-github-event")), outcome)
        switch answer {
        case .accepted, .duplicate, .requeued, .notConnected, .pong, .ignored, .unauthorized: break
        case .invalid(let fault, let detail):
            var keys: Log.Keys = [.address: head.client, .error: detail]
            // What is too long or not printable is not repeated.
            if let headers = try? DeliveryHeaders(head.fields) { keys[.deliveryID] = headers.deliveryID }
            limitedLog(.warning, "delivery refused", reason: fault.rawValue, keys)
        default:
            limitedLog(.warning, "delivery refused", reason: outcome.rawValue, [.address: head.client])
        }
        return answer.response
    }

    /// Hears what the HTTP server has to say.
    func report(_ event: HTTPServerEvent) {
        switch event {
        case .refusedConnection(let limit, let address):
            limitedLog(.warning, "connection refused", reason: limit.rawValue, [.address: address])
        case .cannotAccept(let code):
            limitedLog(.error, "connections cannot be accepted", reason: "errno \(code)")
        case .refusedRequest(let refusal, let address):
            if refusal == .bodyTooLarge { metrics.count(EventLabel(nil), .tooLarge) }
            limitedLog(.info, "request refused", reason: refusal.rawValue, [.address: address])
        case .listenerLost(let code):
            limitedLog(.error, "the listening socket accepts no more", reason: "errno \(code)")
        case .timedOut(let timeout, let address):
            limitedLog(.info, "connection timed out", reason: timeout.rawValue, [.address: address])
        case .cutOff(let connections):
            log(.warning, "connections cut off", [.count: connections])
        }
    }
}
