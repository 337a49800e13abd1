/// Statements, and what their answers mean.
///
/// Reads compose, travel together in one round trip, and each answer comes back typed, where it was asked:
/// `let (followers, states) = try run(Follower.read(batch), ProjectStates.read(batch))`.
package struct Read<Value: Sendable>: Sendable {
    let queries: [Query]
    /// Takes the answers to its own statements from the front of those that are left: an exchange has one for each
    /// statement, or throws.
    private let decode: @Sendable (inout ArraySlice<ResultTable>) throws -> Value

    /// `decode` makes the value of all rows of the answer.
    package init(_ query: Query, _ decode: @escaping @Sendable ([Row]) throws -> Value) {
        queries = [query]
        self.decode = { tables in try decode(tables.removeFirst().rows) }
    }

    /// An answer that is known without asking, so that a read may be left out of a round trip.
    package init(known value: Value) {
        queries = []
        decode = { _ in value }
    }

    private init(_ queries: [Query], _ decode: @escaping @Sendable (inout ArraySlice<ResultTable>) throws -> Value) {
        self.queries = queries
        self.decode = decode
    }

    /// Another value made of the same answers.
    package func map<Other>(_ transform: @escaping @Sendable (Value) throws -> Other) -> Read<Other> {
        Read<Other>(queries) { [decode] tables in try transform(decode(&tables)) }
    }

    /// All answers of several reads.
    package static func all<each Part: Sendable>(
        _ reads: repeat Read<each Part>
    ) -> Read where Value == (repeat each Part) {
        var queries: [Query] = []
        repeat queries += (each reads).queries
        return Read(queries) { tables in (repeat try (each reads).decode(&tables)) }
    }

    /// All answers of reads of one type, in their order.
    package static func all<Part: Sendable>(_ reads: [Read<Part>]) -> Read where Value == [Part] {
        Read(reads.flatMap(\.queries)) { tables in
            var values: [Part] = []
            for read in reads { values.append(try read.decode(&tables)) }
            return values
        }
    }

    func value(of tables: [ResultTable]) throws -> Value {
        var tables = tables[...]
        return try decode(&tables)
    }
}

extension Read {
    /// One value for each row.
    package init<Element: RowDecodable>(_ query: Query, as: Element.Type = Element.self) where Value == [Element] {
        self.init(query) { try $0.map(Element.init(row:)) }
    }

    /// Statements whose answers nobody needs, such as locks.
    package static func running(_ queries: [Query]) -> Read where Value == Void {
        Read(queries) { tables in tables.removeFirst(queries.count) }
    }
}

extension Connection {
    /// Runs several reads in one round trip, in their order; the first that fails stops the rest.
    ///
    /// The statements of `before` are run first; nobody needs their answers.
    package func run<each Value: Sendable>(
        _ reads: repeat Read<each Value>,
        after before: [Query] = [],
        within limit: Duration? = nil
    ) throws -> sending (repeat each Value) {
        let read = Read.all(Read.running(before), Read.all(repeat each reads))
        let (_, values) = try read.value(of: exchange(read.queries, within: limit))
        return values
    }
}
