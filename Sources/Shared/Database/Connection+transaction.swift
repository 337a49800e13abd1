/// How far a connection's transaction has come.
enum TransactionState {
    case none
    /// Asked for; `begin` goes out with the first statements.
    case starting
    case open
}

extension Connection {
    /// Runs `body` in one READ COMMITTED transaction and commits, or rolls back when it throws.
    ///
    /// The body cannot await: another task's statement could land inside the transaction. `begin` travels with the
    /// first statements, and a body may send `commit` with its last ones through `runAndCommit`, so that a transaction
    /// costs no more round trips than it has exchanges.
    package func transaction<Value: Sendable>(_ body: @Sendable (isolated Connection) throws -> Value) throws -> Value {
        transactionState = .starting
        do {
            let value = try body(self)
            if transactionState == .open { try runAndCommit([]) }
            transactionState = .none
            return value
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs the last statements of a transaction and its commit in one round trip.
    @discardableResult
    package func runAndCommit(_ queries: [Query], within limit: Duration? = nil) throws -> [[Row]] {
        try exchangeAndCommit(queries, within: limit).map(\.rows)
    }

    /// The same for reads, whose answers come back typed; `before` runs first, and nobody needs its answers.
    package func runAndCommit<each Value: Sendable>(
        _ reads: repeat Read<each Value>,
        after before: [Query] = [],
        within limit: Duration? = nil
    ) throws -> sending (repeat each Value) {
        let read = Read.all(Read.running(before), Read.all(repeat each reads))
        let (_, values) = try read.value(of: exchangeAndCommit(read.queries, within: limit))
        return values
    }

    /// Runs statements that need no transaction in one of their own, in the same round trip: behind a pooler only a
    /// transaction can have settings.
    func exchangeAlone(_ queries: [Query], within limit: Duration?) throws -> [ResultTable] {
        transactionState = .starting
        do {
            return try exchangeAndCommit(queries, within: limit)
        } catch {
            rollBack()
            throw error
        }
    }

    private func exchangeAndCommit(_ queries: [Query], within limit: Duration?) throws -> [ResultTable] {
        let tables = try send(queries + ["commit"], within: limit)
        // A transaction that failed earlier answers `commit` with a rollback and no error.
        guard tables.last?.commandTag == "COMMIT" else {
            throw DatabaseError(
                .rejected(sqlState: "25P02", constraint: nil),
                message: "the transaction had failed and was rolled back",
                statement: "commit"
            )
        }
        transactionState = .none
        return tables.dropLast()
    }

    /// Leaves no transaction behind; closing a connection that cannot roll back does the same.
    private func rollBack() {
        let wasOpen = transactionState == .open
        transactionState = .none
        guard wasOpen, isConnected else { return }
        do {
            _ = try send(["rollback"], within: nil)
        } catch {
            close()
        }
    }
}
