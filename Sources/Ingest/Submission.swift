/// A delivery that waits to be stored, and whom to tell.
final class Submission: Sendable {
    let delivery: Delivery
    let ticket: Ticket

    init(_ delivery: Delivery, _ ticket: Ticket) {
        self.delivery = delivery
        self.ticket = ticket
    }
}
