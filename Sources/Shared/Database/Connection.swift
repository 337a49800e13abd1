import Base
import CPostgres
import Foundation

/// One PostgreSQL connection: opened when first used, opened again after it broke.
///
/// An actor with an executor of its own, because libpq blocks. Statements are functions in extensions of this type.
package actor Connection {
    package nonisolated let config: DatabaseConfig
    private nonisolated let executor: BlockingExecutor
    private var handle: ConnectionHandle?
    private var lastExchange = ContinuousClock.now
    var transactionState = TransactionState.none

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init(_ config: DatabaseConfig) {
        self.config = config
        executor = BlockingExecutor(label: config.applicationName)
    }

    /// Runs one statement.
    @discardableResult
    package func run(_ query: Query, within limit: Duration? = nil) throws -> [Row] {
        try run([query], within: limit)[0]
    }

    /// Runs one statement and decodes its rows.
    package func run<Value: RowDecodable>(
        _ query: Query,
        as type: Value.Type,
        within limit: Duration? = nil
    ) throws -> [Value] {
        try run(query, within: limit).map(Value.init(row:))
    }

    /// Runs several statements in one round trip; the first that fails stops the rest.
    ///
    /// Outside `transaction` they commit or fail together.
    @discardableResult
    package func run(_ queries: [Query], within limit: Duration? = nil) throws -> [[Row]] {
        try exchange(queries, within: limit).map(\.rows)
    }

    func exchange(_ queries: [Query], within limit: Duration?) throws -> [ResultTable] {
        guard config.pooled, transactionState == .none else { return try send(queries, within: limit) }
        return try exchangeAlone(queries, within: limit)
    }

    func send(_ queries: [Query], within limit: Duration?) throws -> [ResultTable] {
        let handle = try opened()
        let begins = transactionState == .starting
        if begins { transactionState = .open }
        let idle = begins || transactionState == .none ? .zero : .now - lastExchange
        defer { lastExchange = .now }
        let opening = begins ? handle.opening : []
        do {
            let tables = try handle.exchange(
                opening + queries,
                prepare: !config.pooled,
                deadline: .now + (limit ?? config.statementTimeout + config.patience)
            )
            return Array(tables.dropFirst(opening.count))
        } catch let error as DatabaseError {
            if !handle.isInStep || Self.endsConnection(error) { self.handle = nil }
            // What the server said when it ended an idle transaction is lost when it closes before we ask again.
            guard error.kind == .connectionLost, idle >= Self.idleLimit else { throw error }
            throw DatabaseError(.timedOut, message: "idle in a transaction for too long", statement: error.statement)
        }
    }

    /// Runs a script without parameters, such as a migration.
    package func runScript(_ script: String, within limit: Duration) throws {
        let handle = try opened()
        do {
            try handle.runScript(script, deadline: .now + limit)
        } catch let error as DatabaseError {
            if Self.endsConnection(error) { self.handle = nil }
            throw error
        }
    }

    /// Waits for a notification on the channels this connection listens to.
    /// - Returns: whether one came; several that wait are taken together.
    package func waitForNotification(upTo limit: Duration) throws -> Bool {
        do {
            return try opened().waitForNotification(until: .now + limit)
        } catch let error as DatabaseError {
            handle = nil
            throw error
        }
    }

    /// Lets go of the server connection; the next use opens a new one.
    package func close() {
        handle = nil
    }

    /// Connects now, and says it where the server refuses this session for good.
    package func open() throws {
        do {
            _ = try opened()
        } catch let error as DatabaseError where error.kind == .connectionLost {
            guard let state = ConnectionHandle.loginRefusal(config) else { throw error }
            throw DatabaseError(.loginRefused(sqlState: state), message: error.message, statement: error.statement)
        }
    }

    var isConnected: Bool { handle != nil }

    /// The shortest time after which a transaction that says nothing is ended by a setting of ours.
    private static let idleLimit: Duration = .seconds(5)

    private func opened() throws -> ConnectionHandle {
        if let handle, PQstatus(handle.pointer) == CONNECTION_OK { return handle }
        handle = nil
        // The loss of an open transaction must reach its body, not turn its statements into ones without a transaction.
        guard transactionState != .open else {
            throw DatabaseError(.connectionLost, message: "the transaction's connection broke", statement: "")
        }
        let opened = try ConnectionHandle(config)
        handle = opened
        return opened
    }

    /// 57P01–57P05, 25P03 and 25P04: the server is closing this connection; 08…: so is a pooler that lost its server.
    ///
    /// 0A000 and 26000: a cached plan no longer fits the schema. 25006: the host became a standby. A new connection
    /// mends each.
    private static func endsConnection(_ error: DatabaseError) -> Bool {
        switch error.kind {
        case .connectionLost, .timedOut, .loginRefused: true
        case .decoding: false
        case .rejected(let state, _):
            state.hasPrefix("57P") || state.hasPrefix("08") || endingStates.contains(state)
        }
    }

    private static let endingStates: Set<String> = ["25P03", "25P04", "0A000", "26000", "25006"]
}
