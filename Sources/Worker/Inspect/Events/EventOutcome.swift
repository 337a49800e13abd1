import Database
import JSON

/// What an event came to, as its column `result` tells it, for people.
package struct EventOutcome: Sendable, Equatable, Decodable {
    package struct Project: Sendable, Equatable, Decodable {
        /// Its identifier, as in `GH`.
        package let project: String
        /// The issue's name in Plane; nil when there is none.
        package let issue: String?
        /// In words.
        package let changes: [String]
    }

    package struct Person: Sendable, Equatable, Decodable {
        package let id: Int64
        package let login: String
    }

    /// What Plane has no field for.
    package struct Kept: Sendable, Equatable, Decodable {
        package let milestone: String?
        package let type: String?
        package let locked: Bool?
        package let pinned: Bool?
    }

    /// `applied`, `superseded` or `ignored`.
    package let outcome: String
    package let reason: String?
    package let projects: [Project]?
    /// People of the delivery who are Plane users in none of the projects.
    package let unmapped: [Person]?
    package let kept: Kept?

    /// The outcome in a word or two for a user of Plane.
    package var words: String {
        switch outcome {
        case "applied": "shown in Plane"
        case "superseded": "late: Plane shows something newer"
        case "ignored": "ignored"
        default: outcome
        }
    }

    /// What happened and why, a sentence each.
    package var details: [String] {
        let changes = (projects ?? []).map { project in
            let changes = project.changes.joined(separator: ", ")
            // Such as `created GH-5 in Backlog`.
            let isNamed = project.issue.map { project.changes.first?.contains($0) == true } ?? false
            return isNamed ? changes : "\(project.issue ?? project.project): \(changes)"
        }
        let people = (unmapped ?? []).map { "\($0.login) has no Plane user" }
        return [reason].compactMap(\.self) + changes + people + (kept.map { [$0.words] } ?? [])
    }
}

extension EventOutcome.Kept {
    fileprivate var words: String {
        let things: [String?] = [
            milestone.map { "milestone \($0)" }, type.map { "type \($0)" }, locked == true ? "locked" : nil,
            pinned == true ? "pinned" : nil,
        ]
        return "Plane has no field for: \(things.compactMap(\.self).joined(separator: ", "))"
    }
}
