import Base
import Database
import Foundation
import Inspect
import JSON

/// Shows one event with all its columns.
struct ShowCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "show",
        summary: "show one event with all its columns, or its payload",
        usage: "ID [--payload] [--json]",
        positional: "ID",
        options: [
            Option(
                "--payload",
                "only the body GitHub sent, byte for byte; on a terminal\nits control characters are escaped"
            ),
            Option(
                "--json",
                "one JSON object; with --payload its key payload holds\nthe exact text as a string"
            ),
        ],
        details: [
            "ID is the event's id, GitHub's delivery id (X-GitHub-Delivery), or as much of",
            "the beginning of either as only one event has. On a terminal long lines are",
            "broken, and times also say how long ago they were.",
            "",
            "Keys with --json: the columns of github_sync.github_webhook_events, with",
            "payload_bytes for payload; times are ISO 8601 in UTC, result and attempts (the",
            "last ten that did not complete it) are JSON or null; and actions, what people",
            "had done to it: list of at, who, via, action, count, detail, newest first.",
        ],
        example: ["plane-worker show 72d3162e-cc78-11e3-81ab-4c9367dc0958"],
        group: "plane_sync_monitor"
    )

    let id: String
    let payload: Bool
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        guard let id = arguments.positionals.first else {
            throw arguments.problem("ID is missing, expected an event id or a delivery id")
        }
        guard arguments.positionals.count == 1 else {
            throw arguments.problem("unexpected argument '\(arguments.positionals[1])', expected one ID")
        }
        self.id = id
        payload = arguments.has("--payload")
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let connection = try await context.checkedConnection(for: Self.help.name)
        guard let event = try await connection.event(beginningWith: id) else {
            throw CommandFailure("no event has the id or delivery id '\(id)'")
        }
        guard !payload || event.mayReadPayload else {
            throw CommandFailure("the user in DATABASE_URL may not read payloads, a role in plane_sync_worker may")
        }
        let body = payload ? try await connection.payload(of: event.id) : nil
        let actions = try await connection.operatorActions(on: event.id, limit: 20)
        switch (json, body) {
        case (true, _): try context.output.print(Self.json(event, actions, payload: body))
        case (false, let body?): try Self.print(body, on: context.output)
        case (false, nil):
            let size = context.output.size
            try context.output.print(Self.lines(event, actions, columns: size?.columns, now: size == nil ? nil : .now))
        }
    }

    private static func print(_ body: [UInt8], on output: Output) throws {
        guard output.isTerminal else { return try output.write(body) }
        try output.print(Printable.block(String(decoding: body, as: UTF8.self)))
    }

    private static func json(_ event: EventRecord, _ actions: [OperatorAction], payload: [UInt8]?) -> JSONValue {
        let payload = payload.map { [("payload", JSONValue.string(String(decoding: $0, as: UTF8.self)))] } ?? []
        return .members(event.json(actions) + payload)
    }

    /// One line for each column; text of several lines is indented.
    ///
    /// Lines are broken after `columns` cells, or never if that is nil. With `now`, times also say how long ago they
    /// were.
    static func lines(
        _ event: EventRecord,
        _ actions: [OperatorAction],
        columns: Int?,
        now: Timestamp?
    ) -> [String] {
        let width = event.columns.map(\.name.count).max() ?? 0
        return TextWidth.aligned(
            event.columns.map { column in
                let value =
                    event.words(column.name)
                    ?? column.value.display + (now.flatMap { column.value.distance(from: $0) } ?? "")
                let lines = value.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
                    columns.map { TextWidth.broken(String(line), after: $0 - width - 2) } ?? [String(line)]
                }
                return (column.name, lines)
            } + actions.map { ("action", ["\($0.at)  \(Printable.line($0.words))"]) }
        )
    }
}

extension EventRecord {
    /// What JSON tells to programs, or the role may not see, in words; nil for any other column.
    fileprivate func words(_ column: String) -> String? {
        switch column {
        case "result":
            outcome.map { ([$0.outcome] + $0.details).map(Printable.line).joined(separator: "\n") }
        case "attempts": attempts.isEmpty ? nil : attempts.map(\.line).joined(separator: "\n")
        case "payload_bytes":
            mayReadPayload ? nil : "not shown: this role may not read payloads, one in plane_sync_worker may"
        default: nil
        }
    }
}

extension EventAttempt {
    fileprivate var line: String {
        let what = words + (worker.map { ", worker \($0)" } ?? "")
        return Printable.line([endedAt?.description, what, error].compactMap(\.self).joined(separator: "  "))
    }
}

extension JSONValue {
    /// For people: text without quotes, nothing for null.
    fileprivate var display: String {
        switch self {
        case .null: "-"
        case .string(let text): Printable.block(text)
        case .raw: "in a form that this version does not know, see --json"
        default: text
        }
    }

    /// How far a time is from `now`; nil for any other value.
    fileprivate func distance(from now: Timestamp) -> String? {
        guard case .string(let text) = self, let time = Timestamp(iso: text) else { return nil }
        return time > now ? "  (in \(Age(from: now, to: time).text))" : "  (\(Age(from: time, to: now).text) ago)"
    }
}
