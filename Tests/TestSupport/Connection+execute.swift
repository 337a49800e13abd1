import Database

extension Connection {
    /// Runs a statement for its effect.
    package func execute(_ query: Query) throws {
        try run(query)
    }
}
