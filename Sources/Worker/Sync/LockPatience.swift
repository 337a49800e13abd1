import Database

/// How long a batch waits for locks that other sessions hold, by the kind of row that is locked.
package struct LockPatience: Sendable, Equatable {
    /// For our version rows, which another worker holds and soon releases.
    let versionRows: Duration
    /// For the number lock of a project, which Plane takes too when a person creates an issue.
    ///
    /// The batch holds locks on Plane's rows by then, and others may be waiting for those.
    let numberLock: Duration
    /// For rows and tables of Plane's, which their holders may keep for any length of time.
    let planeRows: Duration

    package static let usual = LockPatience(versionRows: .seconds(10), numberLock: .seconds(5), planeRows: .seconds(1))

    /// Used when the events of a failed batch are run one by one, to find out which of them meets the lock.
    package static let short = LockPatience(
        versionRows: .seconds(1),
        numberLock: .seconds(1),
        planeRows: .milliseconds(100)
    )

    /// For any lock while the number lock is held, because people who create an issue in Plane wait meanwhile.
    static let underNumberLock: Duration = .milliseconds(150)

    /// The time limits of the transaction: for each lock, for each statement and for being idle.
    ///
    /// A lock that is not granted in time costs the events no retry. A statement that takes too long fails the attempt,
    /// which counts. The idle limit ends the transaction of a frozen process, so that others can take over its locks.
    ///
    /// They are set inside the transaction because a pooled connection keeps no session settings.
    var timeLimits: [Query] {
        [
            Connection.lockTimeout(versionRows), "set local statement_timeout = '25s'",
            "set local idle_in_transaction_session_timeout = '5s'",
        ]
    }
}

extension Connection {
    /// Sets how long the later statements of the same transaction wait for a lock.
    static func lockTimeout(_ patience: Duration) -> Query {
        "select set_config('lock_timeout', \("\(Int(patience / .milliseconds(1)))ms"), true)"
    }
}
