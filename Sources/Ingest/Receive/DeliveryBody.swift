import HTTP
import Store

/// Takes the body of one delivery or wake-up: hashes it as it arrives and keeps it, as long as the signature may be right.
final class DeliveryBody: HTTPBodySink {
    private let request: WebhookRequest
    private let signature: Signature
    private let budget: ByteBudget
    private let report: RequestReport
    private let intake: Intake
    /// Nil for a request without a body.
    private var reservation: ByteReservation?
    private var bytes: [UInt8] = []

    init(
        _ request: WebhookRequest,
        _ signature: Signature,
        budget: ByteBudget,
        report: RequestReport,
        intake: Intake
    ) {
        self.request = request
        self.signature = signature
        self.budget = budget
        self.report = report
        self.intake = intake
        // Room for an ordinary delivery; beyond it, memory follows what arrives.
        if signature.isPossible { bytes.reserveCapacity(min(request.head.contentLength ?? 0, 64 * 1024)) }
    }

    func begin(_ arrival: HTTPArrival) {
        guard signature.isPossible else { return }
        let (report, request) = (report, request)
        reservation = ByteReservation(budget, sender: arrival.sender) {
            arrival.end { report.answer(.overloaded, to: request) }
        }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> HTTPResponse? {
        guard signature.isPossible else { return nil }
        guard reservation?.grow(by: bytes.count) == true else { return report.answer(.overloaded, to: request) }
        signature.update(bytes)
        self.bytes.append(contentsOf: bytes)
        return nil
    }

    func finish(_ reply: HTTPReply) {
        do throws(Signature.Refusal) {
            let secret = try signature.verify()
            report.signatureMatched(request, secret)
            guard reservation?.verify() != false else { return reply.send(report.answer(.overloaded, to: request)) }
            intake.take(bytes, of: request, isSigned: secret != nil, reservation: reservation, reply: reply)
        } catch {
            report.signatureRefused(error, request)
            reply.send(report.answer(.unauthorized, to: request))
        }
    }

    func abandon() {
        bytes = []
        reservation = nil
    }
}
