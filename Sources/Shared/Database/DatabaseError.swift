/// What PostgreSQL, libpq or a row decode reported, with the statement that caused it.
///
/// Bound values stay out, so that an error can be logged and stored.
package struct DatabaseError: Error, Equatable {
    package enum Kind: Sendable, Equatable {
        /// No connection could be made, or it broke. Nothing is known of the statement's effect.
        case connectionLost
        /// The server was still at work when our own patience ended, or had lost its patience with a transaction of ours
        /// that said nothing for seconds. Nothing is known of the statement's effect.
        case timedOut
        /// The server answers and does not let this session in: its password, role or database is wrong.
        case loginRefused(sqlState: String)
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
        switch kind {
        case .rejected(let sqlState, _), .loginRefused(let sqlState): sqlState
        default: nil
        }
    }

    /// Whether only somebody who changes an address or a role can mend it, so that it is of no use to try again.
    package var isLoginRefused: Bool {
        if case .loginRefused = kind { true } else { false }
    }
}

extension DatabaseError: CustomStringConvertible {
    package var description: String {
        switch kind {
        case .connectionLost: "database unavailable: \(message)"
        case .loginRefused("3D000"):
            "database unavailable: \(message): check the name of the database in DATABASE_URL"
        case .loginRefused: "database unavailable: \(message): check user and password in DATABASE_URL"
        case .timedOut: "a limit of ours ended it: \(message)"
        case .rejected(let state, let constraint):
            "PostgreSQL refused (\(state)\(constraint.map { ", \($0)" } ?? "")): \(message)"
        case .decoding(let column, let expected, let found):
            "column \(column) holds \(found ?? "null"), expected \(expected)"
        }
    }
}
