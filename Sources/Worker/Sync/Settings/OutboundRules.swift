import Base

/// What goes to GitHub of what people do in Plane; nothing, until somebody asks for it.
package struct OutboundRules: Sendable, Equatable {
    /// The issues whose changes go out.
    package enum Scope: String, Sendable, Codable, CaseIterable {
        case off
        /// Those that exist on both sides.
        case linked
        /// Also those that were made in Plane and have the label `createLabel`.
        case label
        /// Also all that are made in Plane from now on.
        case all
    }

    /// The comments of these issues that go out, as long as they were written in Plane.
    package enum Comments: String, Sendable, Codable, CaseIterable {
        case off
        /// Those that Plane shows to everybody who sees a published project.
        case external
        case all
    }

    /// What becomes of an issue on GitHub that is deleted in Plane.
    package enum Deletion: String, Sendable, Codable, CaseIterable { case leave, close }

    /// How texts name people whom they mention.
    package enum Mentions: String, Sendable, Codable, CaseIterable {
        /// By their names, which notifies nobody.
        case names
        /// By their logins on GitHub, as far as these are known, which notifies them.
        case logins
    }

    package enum Field: String, Sendable, Codable, CaseIterable { case title, text, state, labels, assignees }

    package var issues = Scope.off
    /// Issues that were made in Plane before are never created on GitHub only because everything is to go out.
    package var issuesSince: Timestamp?
    package var comments = Comments.off
    /// Comments that were written before stay in Plane.
    package var commentsSince: Timestamp?
    /// A label in Plane, compared without regard to case; it is not sent itself.
    package var createLabel = "github"
    package var mentions = Mentions.names
    package var deletion = Deletion.leave
    /// Fields that stay as they are on GitHub, whatever becomes of them in Plane.
    package var without: [Field] = []
    package var conflict = ConflictRule.github

    /// Whose value stays; what is never sent is GitHub's to decide.
    package func conflict(over field: Field) -> ConflictRule { sends(field) ? conflict : .github }

    package func sends(_ field: Field) -> Bool { issues != .off && !without.contains(field) }
}

/// Whose value stays when a field was changed on both sides.
package enum ConflictRule: String, Sendable, Codable, CaseIterable {
    case github, plane
}

extension OutboundRules {
    /// From `time` on, issues of this scope go out.
    package mutating func set(_ scope: Scope, at time: Timestamp) {
        if scope != issues { issuesSince = scope == .all ? time : nil }
        issues = scope
    }

    /// The same of comments.
    package mutating func set(_ comments: Comments, at time: Timestamp) {
        if self.comments == .off || comments == .off { commentsSince = comments == .off ? nil : time }
        self.comments = comments
    }
}

extension SyncSettings {
    /// What goes out; a title or a text that rules make of the delivery is not the one on GitHub, and stays in Plane.
    package var outboundRules: OutboundRules {
        var rules = outbound
        if transform.contains(where: { $0.field == .title }) { rules.without.append(.title) }
        if transform.contains(where: { $0.field == .body }) { rules.without.append(.text) }
        return rules
    }
}
