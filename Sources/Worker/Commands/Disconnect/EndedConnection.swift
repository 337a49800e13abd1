import Base

/// What a disconnect found and left.
struct EndedConnection: Sendable, Equatable {
    /// GitHub's number of the repository.
    let githubID: Int64
    /// False when the connection had ended before.
    let isNew: Bool
    let since: Timestamp
    /// How many issues it brought.
    let issues: Int
    /// The projects that still follow the repository.
    let others: [String]
}
