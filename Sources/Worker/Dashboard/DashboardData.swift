import Base
import Database
import Synchronization

/// The connections that pages are read over.
///
/// A few, so that a page that takes long does not hold up the others, and however many look at once, the database sees
/// no more than these.
final class DashboardData: Sendable {
    private let connections: [Connection]
    private let next = Atomic<Int>(0)

    init(_ database: DatabaseConfig) {
        var database = database
        // A page that takes longer is of no use, and its visitor has gone.
        database.statementTimeout = .seconds(5)
        database.connectTimeout = .seconds(2)
        let config = database
        connections = (0..<4).map { _ in Connection(config) }
    }

    var connection: Connection {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return connections[Int(UInt(bitPattern: number) % UInt(connections.count))]
    }
}

extension Connection {
    /// - Throws: why the database does not answer.
    func checkAnswer() throws { try run("select", within: .seconds(2)) }
}
