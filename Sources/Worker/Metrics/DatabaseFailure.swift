import Shared

/// What an error of the database calls for.
enum DatabaseFailure: String, Sendable, CaseIterable {
    /// Waiting: no connection, or a server that takes none.
    case unavailable
    /// Another run at once: a deadlock or a serialization failure.
    case conflict
    /// A look by somebody: a statement or its data is to blame.
    case rejected

    /// Nil when the error has nothing to do with the database.
    init?(_ error: any Error) {
        guard let error = error as? DatabaseError else { return nil }
        self = error.isUnavailable ? .unavailable : error.isConflict ? .conflict : .rejected
    }
}
