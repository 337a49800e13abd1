/// What PostgreSQL, libpq or a row decode reported, with the statement that caused it.
///
/// Bound values stay out, so that an error can be logged and stored.
package struct DatabaseError: Error, Equatable {
    package enum Kind: Sendable, Equatable {
        /// No connection could be made, it broke, or it did not answer in time. Nothing is known of the statement's effect.
        case connectionLost
        case rejected(sqlState: String, constraint: String?)
        case decoding(column: String, expected: String, found: String?)
    }

    package let kind: Kind
    package let message: String
    package let statement: String

    package init(_ kind: Kind, message: String, statement: String) {
        self.kind = kind
        self.message = message
        self.statement = statement
    }

    package var sqlState: String? {
        if case .rejected(let sqlState, _) = kind { sqlState } else { nil }
    }

    /// The database is away, starting, stopping, full of connections or read-only after a failover, or it ended a
    /// session that did nothing for too long (25P03, 57P05): the same call may succeed later, and the statement itself
    /// is not to blame.
    package var isUnavailable: Bool {
        switch kind {
        case .connectionLost: true
        case .decoding: false
        case .rejected(let state, _):
            state.hasPrefix("08")
                || ["57P01", "57P02", "57P03", "57P05", "25P03", "25006", "53300"].contains(state)
        }
    }

    /// Another transaction was in the way (deadlock, serialization): running again at once is right.
    package var isConflict: Bool {
        sqlState == "40P01" || sqlState == "40001"
    }
}

extension DatabaseError: CustomStringConvertible {
    package var description: String {
        switch kind {
        case .connectionLost: "database unavailable: \(message)"
        case .rejected(let state, let constraint):
            "PostgreSQL refused (\(state)\(constraint.map { ", \($0)" } ?? "")): \(message)"
        case .decoding(let column, let expected, let found):
            "column \(column) holds \(found ?? "null"), expected \(expected)"
        }
    }
}
