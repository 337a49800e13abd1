import Base
import Deliveries
import Dispatch
import Foundation
import HTTP
import Spool
import Store

/// Makes a delivery of a body whose signature held, hands it on to be stored, and answers when its outcome is known.
final class Intake: Sendable {
    /// Decoding more than this would keep the other connections of an event loop waiting.
    private static let largeBody = 256 * 1024

    private let queue: DeliveryQueue
    private let repositories: ConnectedRepositories
    private let spool: SpoolRoute?
    private let storeLimit: Duration
    private let report: RequestReport
    private let ids = EventIDGenerator()
    /// Decodes one large body at a time, so that the memory this takes is needed once only.
    private let largeBodies = DispatchQueue(label: "large-deliveries")

    init(
        queue: DeliveryQueue,
        repositories: ConnectedRepositories,
        spool: SpoolRoute?,
        storeLimit: Duration,
        report: RequestReport
    ) {
        self.queue = queue
        self.repositories = repositories
        self.spool = spool
        self.storeLimit = storeLimit
        self.report = report
    }

    /// Takes a whole body; `reservation`, its part of the budget, is nil where the request has none.
    func take(_ body: [UInt8], of head: HTTPRequestHead, reservation: ByteReservation?, reply: HTTPReply) {
        let (received, date) = (ContinuousClock.now, Date())
        let work: @Sendable () -> Void = { [self] in
            switch Verdict(head.fields, body: body, id: ids.next(at: date), received: date) {
            case .outcome(let outcome): reply.send(report.answer(outcome, to: head))
            case .delivery(let delivery):
                report.received(delivery, from: head)
                submit(
                    Submission(delivery, deadline: received + storeLimit, reservation: reservation) {
                        [report] outcome in
                        let duration = ContinuousClock.now - received
                        report.count(outcome, of: delivery, after: duration)
                        reply.send(Answer.delivery(outcome).response)
                        report.log(outcome, of: delivery, after: duration)
                    }
                )
            }
        }
        if body.count > Self.largeBody { largeBodies.async(execute: work) } else { work() }
    }

    private func submit(_ submission: Submission) {
        let delivery = submission.delivery
        if let id = spool?.contents.eventID(of: delivery.deliveryID) {
            submission.settle(.duplicate(id))
        } else if repositories.known([delivery.repositoryID])[delivery.repositoryID] == .unconnected {
            // Most deliveries of an organization's hook may be of this kind, so they do not take the time of a writer.
            submission.settle(.notConnected)
        } else if let spool, spool.breaker.isOpen {
            spool.submit(submission)
        } else {
            queue.submit(submission)
        }
    }
}
