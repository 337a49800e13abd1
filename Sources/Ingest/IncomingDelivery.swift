import Shared

/// Takes the body of one delivery: hashes it as it arrives and keeps it, as long as the signature may be right.
final class IncomingDelivery: HTTPBodySink {
    private let intake: Intake
    private let head: HTTPRequestHead
    private let source: String
    private let signature: Signature
    private let reservation: ByteReservation
    private var body: [UInt8] = []

    init(_ intake: Intake, head: HTTPRequestHead, source: String) {
        self.intake = intake
        self.head = head
        self.source = source
        signature = Signature(intake.secrets.policy(for: source), head.fields)
        reservation = ByteReservation(intake.budget)
        // Room for an ordinary delivery; beyond it, memory follows what arrives.
        if signature.isPossible { body.reserveCapacity(min(head.contentLength ?? 0, 64 * 1024)) }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> HTTPResponse? {
        guard signature.isPossible else { return nil }
        guard reservation.grow(by: bytes.count) else { return intake.overloaded(head) }
        signature.update(bytes)
        body.append(contentsOf: bytes)
        return nil
    }

    func finish(_ reply: HTTPReply) {
        do throws(Signature.Refusal) {
            let index = try signature.verify()
            if let index { intake.metrics.secretUses.add(SecretUse(source: source, index: index)) }
            intake.take(body, head: head, reservation: reservation, reply: reply)
        } catch {
            intake.refuse(error, head: head, reply: reply)
        }
    }

    func abandon() {
        body = []
    }
}
