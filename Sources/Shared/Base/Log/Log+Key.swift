extension Log {
    /// Every key a line may carry.
    ///
    /// An enum, so that one thing has one name in all lines. `eventID` follows a delivery from its request to its
    /// completion through both programs; `deliveryID` is GitHub's name for it.
    package enum Key: String, Sendable, CaseIterable {
        case eventID = "event_id", deliveryID = "delivery_id"
        /// The row that holds a delivery which came under another `event_id`, as a duplicate does.
        case storedAs = "stored_as"
        case address, attempt, batch, bytes, count, durationSeconds = "duration_seconds", error, event, listen, reason
        case repository, status, version, worker

        /// Whether its values are numbers, in every line.
        package var isNumber: Bool {
            switch self {
            case .attempt, .batch, .bytes, .count, .durationSeconds: true
            default: false
            }
        }
    }
}
