import Base
import Database
import Foundation
import JSON

/// Who has something done, as it is written down.
package struct Operator: Sendable, Equatable {
    package enum Via: String, Sendable, SQLValue { case command, dashboard }

    /// Such as `anna@ops1`; at most 200 characters.
    package let name: String
    package let via: Via

    package init(_ name: String, via: Via) {
        self.name = String(Printable.line(name).prefix(200))
        self.via = via
    }

    /// The user of the operating system who runs a command, behind `sudo` too.
    package static func ofShell(_ variables: [String: String] = ProcessInfo.processInfo.environment) -> Operator {
        let number = geteuid()
        let user = getpwuid(number).map { String(cString: $0.pointee.pw_name) } ?? "user \(number)"
        let name = number == 0 ? variables["SUDO_USER"] ?? user : user
        return Operator("\(name)@\(ProcessInfo.processInfo.hostName)", via: .command)
    }
}

/// Something that a person had done.
package struct OperatorAction: Sendable, Equatable, RowDecodable {
    package let at: Timestamp
    package let who: String
    package let via: String
    /// As in `replay` or `outbound approve`.
    package let action: String
    /// How many events, objects, jobs or people it was done to.
    package let count: Int
    /// What was asked for, where that was not by name.
    package let detail: String?

    package init(row: Row) throws {
        at = try row.get("done_at")
        who = try row.get("who")
        via = try row.get("via")
        action = try row.get("action")
        count = try row.get("objects")
        detail = try row.getIfPresent("detail")
    }

    /// `replay by anna@ops1 (command), 12 at once: failed events with “deadlock”`.
    package var words: String {
        "\(action) by \(who) (\(via))" + (count == 1 ? "" : ", \(count) at once") + (detail.map { ": \($0)" } ?? "")
    }

    package var json: JSONValue {
        .object([
            "at": .string(at.description), "who": .string(who), "via": .string(via), "action": .string(action),
            "count": .int(count), "detail": .optional(detail),
        ])
    }
}

extension Connection {
    /// What was done to one event, object or job, or with nil to any of them, and only what is called so; newest first.
    package func operatorActions(
        on object: UUID? = nil,
        named actions: [String]? = nil,
        limit: Int
    ) throws -> [OperatorAction] {
        let on: Query = object.map { id -> Query in "objects @> array[\(id)]" } ?? "true"
        let named: Query = actions.map { actions -> Query in "action = any(\(actions))" } ?? "true"
        return try run(
            """
            select done_at, who, via, action, cardinality(objects) as objects, detail
            from github_sync.github_operator_actions
            where \(on) and \(named)
            order by id desc
            limit \(limit)
            """,
            as: OperatorAction.self
        )
    }
}

extension Query {
    /// A part of a `with` that writes down who had this done to the rows that the part `rows` returns the ids of, if it
    /// returns any.
    static func noting(_ action: String, by person: Operator, rows: Query, detail: String? = nil) -> Query {
        """
        noted as (
            insert into github_sync.github_operator_actions (who, via, action, objects, detail)
            select \(person.name), \(person.via), \(action), array_agg(id order by id), \(detail)
            from \(rows)
            having count(*) > 0
        )
        """
    }
}
