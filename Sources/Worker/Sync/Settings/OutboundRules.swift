/// What goes to GitHub of what people do in Plane; nothing, until somebody asks for it.
package struct OutboundRules: Sendable, Equatable {
    /// The issues whose changes go out.
    package enum Scope: String, Sendable, Codable, CaseIterable {
        case off
        /// Those that exist on both sides.
        case linked
    }

    package enum Field: String, Sendable, Codable, CaseIterable { case title, state, labels }

    package var issues = Scope.off
    /// Fields that stay as they are on GitHub, whatever becomes of them in Plane.
    package var without: [Field] = []
    package var conflict = ConflictRule.github

    package func sends(_ field: Field) -> Bool { issues != .off && !without.contains(field) }
}

/// Whose value stays when a field was changed on both sides.
package enum ConflictRule: String, Sendable, Codable, CaseIterable {
    case github, plane
}

extension SyncSettings {
    /// What goes out; a title that rules make of the delivery is not the one on GitHub, and stays in Plane.
    package var outboundRules: OutboundRules {
        var rules = outbound
        if transform.contains(where: { $0.field == .title }) { rules.without.append(.title) }
        return rules
    }
}
