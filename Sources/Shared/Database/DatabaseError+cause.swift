extension DatabaseError {
    /// What an error says about the work it interrupted, and so what is to be done about it: the one answer for both
    /// programs.
    package enum Cause: String, Sendable, CaseIterable {
        /// The server or somebody else is in the way: no connection, starting, stopping, read-only, short of disk,
        /// memory or connections, damaged, or a lock that another session holds. Wait; it says nothing against the work.
        case unavailable
        /// The work met another transaction, or what its session relied on was gone: a plan made before a migration, or
        /// the session itself, closed for idleness. Run it again at once.
        case conflict
        /// A row is to blame: its data, its size, or a rule of its table.
        case row
        /// A limit of our own ended it: the work took too long, in one statement or between two.
        case timeout
        /// Rights, a schema or a statement that does not fit, or something nobody foresaw.
        case other
    }

    package var cause: Cause {
        switch kind {
        case .connectionLost, .loginRefused: .unavailable
        case .timedOut: .timeout
        case .decoding: .other
        case .rejected(let state, _): Cause(sqlState: state)
        }
    }

    /// Another session holds a lock that this one waited for as long as it may.
    package var isLockTimeout: Bool { sqlState == "55P03" }
}

extension DatabaseError.Cause {
    /// By the code where it has a meaning of its own, else by its class.
    ///
    /// Source: https://www.postgresql.org/docs/15/errcodes-appendix.html
    package init(sqlState: String) {
        self = Self.codes[sqlState] ?? Self.classes[String(sqlState.prefix(2))] ?? .other
    }

    private static let classes: [String: Self] = [
        "08": .unavailable,  // connection; PgBouncer says 08P01 of a server connection that broke
        "28": .unavailable,  // who may log in says nothing about the work, as where libpq is told at the start
        "53": .unavailable,  // disk, memory, connections
        "58": .unavailable,  // I/O errors
        "21": .row,  // such as one key twice in an upsert
        "22": .row,  // data
        "23": .row,  // constraints
        "44": .row,  // with check option
        "54": .row,  // larger or deeper than PostgreSQL takes
    ]

    private static let codes: [String: Self] = [
        "25006": .unavailable,  // read-only: a standby
        "55006": .unavailable,  // somebody uses the object
        "55P03": .unavailable,  // lock timeout
        "57P01": .unavailable,  // an administrator ends the session, or the server
        "57P02": .unavailable,  // another server process crashed
        "57P03": .unavailable,  // starting up, or recovering
        "57P04": .unavailable,  // the database was dropped
        "XX001": .unavailable,  // damaged data
        "XX002": .unavailable,  // a damaged index
        "0A000": .conflict,  // a kept plan no longer fits its tables; our statements use nothing that is not supported
        "26000": .conflict,  // a kept plan is gone
        "40001": .conflict,  // serialization failure
        "40003": .conflict,  // nobody knows whether the statement was completed
        "40P01": .conflict,  // deadlock
        "57P05": .conflict,  // idle between transactions for too long, as the server's settings say
        "72000": .conflict,  // snapshot too old
        "25P03": .timeout,  // idle in a transaction for too long
        "25P04": .timeout,  // the transaction took too long (PostgreSQL 17)
        "57014": .timeout,  // the statement took too long
        "53400": .other,  // a limit that the administrator set for one session
    ]
}
