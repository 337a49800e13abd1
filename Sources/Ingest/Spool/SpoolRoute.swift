import Database

/// The way of a delivery around a database that does not answer.
struct SpoolRoute: Sendable {
    let contents: SpoolContents
    let circuit: Circuit
    /// What the spool's writer takes from.
    let queue: DeliveryQueue
    let repositories: ConnectedRepositories
    /// How long before its deadline a delivery goes this way.
    let lead: Duration

    /// Nobody can be asked about the repository now: what was last known of it decides, and of an unknown one the
    /// delivery is kept until it can be asked.
    func submit(_ submission: Submission) {
        if repositories.lastKnown(submission.delivery.repositoryID) == ConnectedRepositories.Connection.none {
            submission.ticket.settle(.notConnected)
        } else {
            queue.submit(submission)
        }
    }

    /// Takes what the database has left unanswered too long, and with it all that waits, even what a writer holds.
    ///
    /// Should the writer come through after all, the same row is stored twice, which changes nothing.
    func takeOver(from writers: DeliveryQueue, at now: ContinuousClock.Instant = .now) {
        let late = writers.takeOver(dueBefore: circuit.isOpen ? nil : now + lead)
        guard !late.isEmpty else { return }
        circuit.open()
        late.forEach(submit)
    }
}
