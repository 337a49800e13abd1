import Base
import Deliveries
import Dispatch
import Foundation
import GitHub
import HTTP
import Spool
import Store

/// Makes a delivery or a wake-up of a body whose signature held, hands it on to be stored, and answers when its outcome is
/// known.
final class Intake: Sendable {
    /// Decoding more than this would keep the other connections of an event loop waiting.
    private static let largeBody = 256 * 1024

    private let queue: DeliveryQueue
    private let repositories: ConnectedRepositories
    private let unfollowed: UnfollowedRepositories
    private let spool: SpoolRoute?
    private let wakes: WakeStore
    private let storeLimit: Duration
    private let report: RequestReport
    private let ids = EventIDGenerator()
    /// Decodes one large body at a time, so that the memory this takes is needed once only.
    private let largeBodies = DispatchQueue(label: "large-deliveries")

    init(
        queue: DeliveryQueue,
        repositories: ConnectedRepositories,
        unfollowed: UnfollowedRepositories,
        spool: SpoolRoute?,
        wakes: WakeStore,
        storeLimit: Duration,
        report: RequestReport
    ) {
        self.queue = queue
        self.repositories = repositories
        self.unfollowed = unfollowed
        self.spool = spool
        self.wakes = wakes
        self.storeLimit = storeLimit
        self.report = report
    }

    /// Takes a whole body; `reservation`, its part of the budget, is nil where the request has none.
    ///
    /// Where no signature is asked for, anybody might have written it.
    func take(
        _ body: [UInt8],
        of request: WebhookRequest,
        isSigned: Bool,
        reservation: ByteReservation?,
        reply: HTTPReply
    ) {
        let (received, date) = (ContinuousClock.now, Date())
        let work: @Sendable () -> Void = { [self] in
            let fields = request.head.fields
            switch Verdict(of: request.webhook, fields, body: body, id: ids.next(at: date), received: date) {
            case .ping(let ping):
                if isSigned, let repository = ping.repository {
                    unfollowed.note(repository.id, repository.fullName)
                }
                report.received(ping, from: request.head, isSigned: isSigned)
                reply.send(report.answer(.ping, to: request))
            case .outcome(let outcome): reply.send(report.answer(outcome, to: request))
            case .wake(let wake):
                wakes.submit(wake, deadline: received + storeLimit) { [report] outcome in
                    reply.send(report.answer(outcome, to: request))
                }
            case .delivery(let delivery):
                report.received(delivery, from: request.head)
                submit(
                    Submission(delivery, deadline: received + storeLimit, reservation: reservation) {
                        [report, unfollowed] outcome in
                        let duration = ContinuousClock.now - received
                        if isSigned, outcome == .notConnected {
                            let isNews = unfollowed.note(delivery.repositoryID, delivery.repositoryName)
                            report.unknownRepository(delivery, isNews: isNews)
                        }
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
