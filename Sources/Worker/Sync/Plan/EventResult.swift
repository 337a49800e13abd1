import JSON
import Queue

/// The outcome of an event, stored as JSON in its column `result`.
struct EventResult: Sendable, Equatable {
    struct Project: Sendable, Equatable {
        let project: String
        /// The issue's name in Plane, as in `GH-12`; nil when there is none.
        var issue: String?
        let changes: [Change]
    }

    /// Properties of an issue that Plane has no field for.
    struct Kept: Sendable, Equatable {
        let milestone: String?
        let type: String?
        let locked: Bool?
        let pinned: Bool?

        var isEmpty: Bool { milestone == nil && type == nil && locked == nil && pinned == nil }
    }

    /// A GitHub account that belongs to no Plane user.
    struct Person: Sendable, Equatable {
        let id: Int64
        let login: String
    }

    let outcome: Conclusion
    var reason: String?
    var projects: [Project] = []
    var unmapped: [Person]?
    var kept: Kept?

    static func ignored(_ reason: String) -> EventResult { EventResult(outcome: .ignored, reason: reason) }

    /// The outcome in the form that the queue stores.
    var completed: Outcome { .completed(outcome, result: json.text) }

    private var json: JSONValue {
        .object([
            "kept": kept?.json, "outcome": .string(outcome.rawValue), "projects": .array(projects.map(\.json)),
            "reason": reason.map(JSONValue.storable),
            "unmapped": unmapped.map { .array($0.map(\.json)) },
        ])
    }
}

extension EventResult.Project {
    /// Each change appears twice: in words for people, and as an object for programs.
    fileprivate var json: JSONValue {
        .object([
            "changes": .array(changes.map { .storable($0.words(on: issue)) }),
            "did": .array(changes.map(\.json)), "issue": issue.map(JSONValue.storable),
            "project": .storable(project),
        ])
    }
}

extension EventResult.Kept {
    fileprivate var json: JSONValue {
        .object([
            "locked": locked.map(JSONValue.bool), "milestone": milestone.map(JSONValue.storable),
            "pinned": pinned.map(JSONValue.bool), "type": type.map(JSONValue.storable),
        ])
    }
}

extension EventResult.Person {
    fileprivate var json: JSONValue { .object(["id": .int(Int(id)), "login": .storable(login)]) }
}

extension JSONValue {
    /// `jsonb` refuses U+0000, which names on GitHub may hold.
    fileprivate static func storable(_ text: String) -> JSONValue { .string(text.withoutNUL) }
}
