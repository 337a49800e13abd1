/// A delivery that waits to be stored, and whom to tell.
final class Submission: Sendable {
    let delivery: Delivery
    let ticket: Ticket
    /// Keeps the bytes counted while somebody holds them.
    private let reservation: ByteReservation?

    init(_ delivery: Delivery, _ ticket: Ticket, _ reservation: ByteReservation?) {
        self.delivery = delivery
        self.ticket = ticket
        self.reservation = reservation
    }
}
