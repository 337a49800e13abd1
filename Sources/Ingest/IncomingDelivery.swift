import Base
import HTTP

/// Takes the body of one delivery: hashes it as it arrives and keeps it, as long as the signature may be right.
final class IncomingDelivery: HTTPBodySink {
    private let intake: Intake
    private let head: HTTPRequestHead
    private let source: String
    private let signature: Signature
    /// Nil for a request without a body.
    private var reservation: ByteReservation?
    private var body: [UInt8] = []

    init(_ intake: Intake, head: HTTPRequestHead, source: String) {
        self.intake = intake
        self.head = head
        self.source = source
        signature = Signature(intake.secrets.policy(for: source), head.fields)
        // Room for an ordinary delivery; beyond it, memory follows what arrives.
        if signature.isPossible { body.reserveCapacity(min(head.contentLength ?? 0, 64 * 1024)) }
    }

    func begin(_ arrival: HTTPArrival) {
        guard signature.isPossible else { return }
        let (intake, head) = (intake, head)
        reservation = ByteReservation(intake.budget, sender: arrival.sender) {
            arrival.end { intake.overloaded(head) }
        }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> HTTPResponse? {
        guard signature.isPossible else { return nil }
        guard reservation?.grow(by: bytes.count) == true else { return intake.overloaded(head) }
        signature.update(bytes)
        body.append(contentsOf: bytes)
        return nil
    }

    func finish(_ reply: HTTPReply) {
        do throws(Signature.Refusal) {
            let index = try signature.verify()
            if let index { intake.metrics.secretUses.add(SecretUse(source: source, index: index)) }
            guard reservation?.verify() != false else { return reply.send(intake.overloaded(head)) }
            intake.take(body, head: head, reservation: reservation, reply: reply)
        } catch {
            intake.refuse(error, head: head, reply: reply)
        }
    }

    func abandon() {
        body = []
        reservation = nil
    }
}
