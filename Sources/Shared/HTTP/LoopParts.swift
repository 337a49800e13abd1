/// What a loop needs from the system and from other threads, made where its making can still fail.
struct LoopParts: Sendable {
    let poller: Poller
    let mailbox: LoopMailbox
    let listener: ListeningSocket
    let counters = HTTPCounters()

    init(listener: ListeningSocket) throws(HTTPServerError) {
        self.listener = listener
        poller = try Poller()
        mailbox = try LoopMailbox()
    }
}
