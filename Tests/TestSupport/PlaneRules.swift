import Database
import Foundation

extension Connection {
    /// What `sql/plane/rules.sql` finds wrong with this database, a line each.
    package func brokenRules() throws -> [String] {
        let rules = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../sql/plane/rules.sql")
        let sql = try String(contentsOf: rules, encoding: .utf8)
        return try run(Query(unescapedTextOfOurOwn: sql)).map { row in
            let parts: [String?] = [
                try row.getIfPresent("rule"), try row.getIfPresent("table_name"), try row.getIfPresent("detail"),
            ]
            return parts.compactMap(\.self).joined(separator: " | ")
        }
    }
}
