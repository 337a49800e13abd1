import Database

extension Connection {
    /// The column `value` of the first row.
    func value<Value: SQLValue>(_ query: Query) throws -> Value { try run(query)[0].get("value") }

    /// The column `value` of every row.
    func values<Value: SQLValue>(_ query: Query) throws -> [Value] { try run(query).map { try $0.get("value") } }

    /// Runs statements whose rows do not matter.
    ///
    /// PostgreSQL counts the rows at once, as it does when a session ends, which Plane's do after each request.
    func change(_ queries: Query...) throws { try run(queries + ["select pg_stat_force_next_flush()"]) }
}
