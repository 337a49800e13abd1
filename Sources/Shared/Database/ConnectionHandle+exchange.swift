import CPostgres
import Foundation

extension ConnectionHandle {
    /// Sends all statements in one go and collects their results; the server runs them in order and stops at the first
    /// that fails.
    ///
    /// Without an open transaction they are one transaction.
    /// - Throws: the first refusal; without one `connectionLost` when the link broke, `timedOut` when `deadline` passed.
    func exchange(_ queries: [Query], prepare: Bool, deadline: ContinuousClock.Instant) throws -> [ResultTable] {
        isInStep = false
        var expected: [Expected] = []
        for query in queries {
            if prepare {
                let name = try prepareIfNeeded(query, expected: &expected)
                try sent(query) { PQsendQueryPrepared(pointer, name, $0, $1, $2, $3, 0) }
            } else {
                let types = query.parameters.map(\.oid)
                try sent(query) { PQsendQueryParams(pointer, query.sql, $0, types, $1, $2, $3, 0) }
            }
            expected.append(.result(query.sql))
        }
        guard PQpipelineSync(pointer) == 1 else { throw lost("sync") }
        RoundTrips.countOne()
        return try collect(expected, deadline: deadline)
    }

    /// Runs a script of several statements by the simple protocol: for migrations, where nothing is bound.
    func runScript(_ script: String, deadline: ContinuousClock.Instant) throws {
        guard PQexitPipelineMode(pointer) == 1 else { throw lost("script") }
        defer { PQenterPipelineMode(pointer) }
        guard PQsendQuery(pointer, script) == 1 else { throw lost("script") }
        try flush(deadline: deadline, statement: "script")
        var failure: DatabaseError?
        while let result = try nextResult(deadline: deadline, statement: "script") {
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_FATAL_ERROR, failure == nil { failure = rejection(result, "script") }
        }
        if let failure { throw failure }
    }

    private enum Expected {
        case prepared(sql: String, name: String)
        case result(String)

        var statement: String {
            switch self {
            case .prepared(let sql, _): sql
            case .result(let sql): sql
            }
        }
    }

    private func prepareIfNeeded(_ query: Query, expected: inout [Expected]) throws -> String {
        if let name = prepared[query.sql] { return name }
        preparedCount += 1
        let name = "s\(preparedCount)"
        let types = query.parameters.map(\.oid)
        guard PQsendPrepare(pointer, name, query.sql, Int32(types.count), types) == 1 else { throw lost(query.sql) }
        prepared[query.sql] = name
        expected.append(.prepared(sql: query.sql, name: name))
        return name
    }

    private typealias Send = (Int32, [UnsafePointer<CChar>?], [Int32], [Int32]) -> Int32

    /// Hands libpq pointers into the query's one value buffer; it copies them before it returns.
    private func sent(_ query: Query, _ send: Send) throws {
        let count = query.parameters.count
        let lengths = query.parameters.map { Int32($0.range?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: count)
        let done = query.values.withUnsafeBytes { buffer in
            let base = buffer.bindMemory(to: CChar.self).baseAddress
            let pointers = query.parameters.map { parameter in
                parameter.range.flatMap { base?.advanced(by: $0.lowerBound) }
            }
            return send(Int32(count), pointers, lengths, formats)
        }
        guard done == 1 else { throw lost(query.sql) }
    }

    private func collect(_ expected: [Expected], deadline: ContinuousClock.Instant) throws -> [ResultTable] {
        var refusal: DatabaseError?
        do {
            try flush(deadline: deadline, statement: expected.first?.statement ?? "")
            let tables = try results(of: expected, deadline: deadline, refusal: &refusal)
            try endOfExchange(deadline: deadline, refusal: &refusal)
            isInStep = true
            if let refusal { throw refusal }
            return tables
        } catch {
            // A server that ends a session says why, and then closes: why tells more than that it did.
            throw refusal ?? error
        }
    }

    private func results(
        of expected: [Expected],
        deadline: ContinuousClock.Instant,
        refusal: inout DatabaseError?
    ) throws -> [ResultTable] {
        var tables: [ResultTable] = []
        for item in expected {
            guard let result = try nextResult(deadline: deadline, statement: item.statement) else {
                throw lost(item.statement)
            }
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
                let table = ResultTable(result, statement: item.statement)
                if case .result = item { tables.append(table) }
            case PGRES_FATAL_ERROR:
                refusal = refusal ?? rejection(result, item.statement)
                forget(item)
                PQclear(result)
            default:  // aborted: an earlier statement of this exchange failed
                forget(item)
                PQclear(result)
            }
            if let extra = try nextResult(deadline: deadline, statement: item.statement) {
                PQclear(extra)
                throw lost(item.statement)
            }
        }
        return tables
    }

    /// Reads up to the server's answer to the sync, where statements outside a transaction commit: that can fail though
    /// every statement had succeeded.
    private func endOfExchange(deadline: ContinuousClock.Instant, refusal: inout DatabaseError?) throws {
        while let result = try nextResult(deadline: deadline, statement: "commit") {
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC { return }
            let rejection = rejection(result, "commit")
            // A connection that broke here has nothing more to say, and nobody knows what was committed.
            guard rejection.sqlState != nil else { throw rejection }
            refusal = refusal ?? rejection
            if let extra = try nextResult(deadline: deadline, statement: "commit") {
                PQclear(extra)
                throw lost("commit")
            }
        }
        throw lost("commit")
    }

    /// A statement that was not prepared after all must be prepared again next time.
    private func forget(_ item: Expected) {
        if case .prepared(let sql, _) = item { prepared[sql] = nil }
    }

    private func flush(deadline: ContinuousClock.Instant, statement: String) throws {
        while true {
            switch PQflush(pointer) {
            case 0: return
            case 1:
                // Both ways: a server whose answers nobody reads would stop reading ours.
                try wait(for: Int16(POLLIN | POLLOUT), deadline: deadline, statement: statement)
                guard PQconsumeInput(pointer) == 1 else { throw lost(statement) }
            default: throw lost(statement)
            }
        }
    }

    private func nextResult(deadline: ContinuousClock.Instant, statement: String) throws -> OpaquePointer? {
        while PQisBusy(pointer) == 1 {
            try wait(for: Int16(POLLIN), deadline: deadline, statement: statement)
            guard PQconsumeInput(pointer) == 1 else { throw lost(statement) }
        }
        return PQgetResult(pointer)
    }

    func waitForNotification(until deadline: ContinuousClock.Instant) throws -> Bool {
        while true {
            guard PQconsumeInput(pointer) == 1 else { throw lost("listen") }
            var received = false
            while let notification = PQnotifies(pointer) {
                received = true
                PQfreemem(notification)
            }
            guard !received, try isReady(for: Int16(POLLIN), until: deadline, statement: "listen") else {
                return received
            }
        }
    }

    private func wait(for events: Int16, deadline: ContinuousClock.Instant, statement: String) throws {
        guard try isReady(for: events, until: deadline, statement: statement) else {
            throw DatabaseError(.timedOut, message: "no answer in time", statement: statement)
        }
    }

    /// - Returns: false when the deadline passed first.
    private func isReady(for events: Int16, until deadline: ContinuousClock.Instant, statement: String) throws -> Bool {
        while true {
            let left = deadline - .now
            guard left > .zero else { return false }
            var descriptor = pollfd(fd: PQsocket(pointer), events: events, revents: 0)
            let ready = poll(&descriptor, 1, Int32(min(Int64(left / .milliseconds(1)) + 1, 60_000)))
            if ready > 0 { return true }
            if ready < 0, errno != EINTR { throw lost(statement) }
        }
    }

    private func lost(_ statement: String) -> DatabaseError {
        DatabaseError(.connectionLost, message: lastMessage, statement: statement)
    }

    private func rejection(_ result: OpaquePointer, _ statement: String) -> DatabaseError {
        // PG_DIAG_SQLSTATE, _MESSAGE_PRIMARY, _CONSTRAINT_NAME: the detail field may quote values and stays out.
        func field(_ code: Character) -> String? {
            guard let ascii = code.asciiValue else { return nil }
            return PQresultErrorField(result, Int32(ascii)).map { String(cString: $0) }
        }
        guard let state = field("C") else {
            return DatabaseError(.connectionLost, message: lastMessage, statement: statement)
        }
        return DatabaseError(
            .rejected(sqlState: state, constraint: field("n")),
            message: field("M") ?? "no message",
            statement: statement
        )
    }
}
