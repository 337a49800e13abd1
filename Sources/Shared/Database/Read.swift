/// A statement and what its answer means.
///
/// Several of them travel in one round trip, and each answer comes back typed, in the place of its question:
/// `let (followers, states) = try run(followersRead, statesRead)`.
package struct Read<Value: Sendable>: Sendable {
    /// Nil when the answer is known without asking.
    let query: Query?
    private let decode: @Sendable ([Row]) throws -> Value

    /// - Parameter decode: makes the value of all rows of the answer.
    package init(_ query: Query, _ decode: @escaping @Sendable ([Row]) throws -> Value) {
        self.query = query
        self.decode = decode
    }

    /// An answer that is known without asking, so that a read may be left out of a round trip.
    package init(known value: Value) {
        query = nil
        decode = { _ in value }
    }

    /// Takes its answer, if it asked, from those that are left.
    func decoded(from tables: inout ArraySlice<ResultTable>) throws -> Value {
        try decode(query == nil ? [] : tables.popFirst()?.rows ?? [])
    }
}

extension Read {
    /// One value for each row.
    package init<Element: RowDecodable>(_ query: Query, as: Element.Type = Element.self) where Value == [Element] {
        self.init(query) { try $0.map(Element.init(row:)) }
    }
}

extension Connection {
    /// Runs several reads in one round trip; the first that fails stops the rest.
    ///
    /// - Parameter before: statements to run first, in the same round trip, whose answers nobody needs.
    package func run<each Value>(
        _ reads: repeat Read<each Value>,
        after before: [Query] = [],
        within limit: Duration? = nil
    ) throws -> sending (repeat each Value) {
        var queries = before
        for query in repeat (each reads).query { if let query { queries.append(query) } }
        var tables = try exchange(queries, within: limit).dropFirst(before.count)
        return (repeat try (each reads).decoded(from: &tables))
    }
}
