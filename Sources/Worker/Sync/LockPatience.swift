import Database

/// How long a batch waits for locks of other sessions, by whose rows they are on.
package struct LockPatience: Sendable, Equatable {
    /// Our version rows: another worker has them, and is soon done.
    let ours: Duration
    /// The number lock of a project, which people who make an issue in Plane take too.
    ///
    /// Rows of Plane's are locked by then, and others may wait for them.
    let numbers: Duration
    /// Rows and tables of Plane's: whoever has them may take his time.
    let planes: Duration

    package static let usual = LockPatience(ours: .seconds(10), numbers: .seconds(5), planes: .seconds(1))

    /// When a batch that met a lock is run one by one, to find out whose event it is.
    package static let short = LockPatience(ours: .seconds(1), numbers: .seconds(1), planes: .milliseconds(100))

    /// While the number lock is held, people who make an issue in Plane wait as well.
    static let whileNumbering: Duration = .milliseconds(150)

    /// How long the transaction waits for a lock of somebody else's, which costs no retry, and for any one statement:
    /// beyond, the attempt fails and counts.
    ///
    /// A process that was frozen in mid-transaction loses its locks, so that others can take over.
    ///
    /// Said in the transaction, because a pooled connection has no settings of its own.
    var limits: [Query] {
        [
            Connection.lockTimeout(ours), "set local statement_timeout = '25s'",
            "set local idle_in_transaction_session_timeout = '5s'",
        ]
    }
}

extension Connection {
    /// Sets how long the statements after it, of the same transaction, wait for a lock.
    static func lockTimeout(_ patience: Duration) -> Query {
        "select set_config('lock_timeout', \("\(Int(patience / .milliseconds(1)))ms"), true)"
    }
}
