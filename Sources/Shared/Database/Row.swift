import CPostgres
import Foundation

/// The result of one statement; frees libpq's memory when the last row is gone.
final class ResultTable {
    let result: OpaquePointer
    let statement: String
    /// Column numbers by name, looked up once per result rather than once per cell.
    let columns: [String: Int32]

    init(_ result: OpaquePointer, statement: String) {
        self.result = result
        self.statement = statement
        var columns: [String: Int32] = [:]
        for column in 0..<PQnfields(result) {
            columns[PQfname(result, column).map { String(cString: $0) } ?? ""] = column
        }
        self.columns = columns
    }

    deinit { PQclear(result) }

    var rows: [Row] { (0..<PQntuples(result)).map { Row(table: self, index: $0) } }

    /// What the server did, such as `UPDATE 3` or `COMMIT`.
    var commandTag: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }
}

/// One row of a result, read by column name.
///
/// It stays on the connection that fetched it.
package struct Row {
    let table: ResultTable
    let index: Int32

    /// The value of a column that cannot be null.
    /// - Throws: `DatabaseError.decoding` naming the column, for null, a missing column, and text of another type.
    package func get<Value: SQLValue>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        guard let value = try getIfPresent(column, as: type) else { throw error(column, "\(Value.self)", nil) }
        return value
    }

    /// The value of a column, nil for SQL null.
    package func getIfPresent<Value: SQLValue>(_ column: String, as: Value.Type = Value.self) throws -> Value? {
        guard let text = try text(column) else { return nil }
        guard let value = Value(sqlText: text) else {
            throw error(column, "\(Value.self)", String(decoding: text.prefix(60), as: UTF8.self))
        }
        return value
    }

    /// A `json` or `jsonb` column decoded as `Value`.
    package func getJSON<Value: Decodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        guard let value = try getJSONIfPresent(column, as: type) else { throw error(column, "\(Value.self)", nil) }
        return value
    }

    /// The same, nil for SQL null.
    package func getJSONIfPresent<Value: Decodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value?
    {
        guard let text = try text(column) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: Data(text))
        } catch {
            throw self.error(column, "\(Value.self)", String(decoding: text.prefix(60), as: UTF8.self))
        }
    }

    /// Valid only while the row lives: every caller copies at once.
    private func text(_ column: String) throws -> UnsafeBufferPointer<UInt8>? {
        guard let number = table.columns[column] else { throw error(column, "a column of that name", "none") }
        guard PQgetisnull(table.result, index, number) == 0, let value = PQgetvalue(table.result, index, number) else {
            return nil
        }
        let length = Int(PQgetlength(table.result, index, number))
        return UnsafeBufferPointer(start: UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self), count: length)
    }

    private func error(_ column: String, _ expected: String, _ found: String?) -> DatabaseError {
        DatabaseError(
            .decoding(column: column, expected: expected, found: found),
            message: "unexpected value",
            statement: table.statement
        )
    }
}

/// A type that reads itself from a row.
package protocol RowDecodable: Sendable {
    init(row: Row) throws
}
