import Database

extension Connection {
    /// The column `value` of the first row.
    func value<Value: SQLValue>(_ query: Query) throws -> Value { try run(query)[0].get("value") }

    /// The column `value` of every row.
    func values<Value: SQLValue>(_ query: Query) throws -> [Value] { try run(query).map { try $0.get("value") } }

    /// Runs statements whose rows do not matter.
    func change(_ queries: Query...) throws { try run(queries) }
}
