import Base
import Foundation
import Queue

/// The JSON document has keys in snake_case, and leaves out everything that is at its default.
extension SyncSettings: Codable {
    private enum Key: String, CodingKey, CaseIterable {
        case accept, states, labels, priorities, ignore, transform, rate, outbound
        case pullRequests = "pull_requests"
        case newIssues = "new_issues"
        case issueLink = "issue_link"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(knowing: Key.self)
        accept = try values.decodeIfPresent([String].self, forKey: .accept)
        states = try values.decodeIfPresent(StateMap.self, forKey: .states) ?? states
        pullRequests = try values.decodeIfPresent(PullRequestRules.self, forKey: .pullRequests) ?? pullRequests
        labels = try values.decodeIfPresent([String: String].self, forKey: .labels) ?? labels
        priorities = try values.decodeIfPresent([PriorityRule].self, forKey: .priorities) ?? priorities
        ignore = try values.decodeIfPresent([String].self, forKey: .ignore) ?? ignore
        transform = try values.decodeIfPresent([Transformation].self, forKey: .transform) ?? transform
        rate = try values.decodeIfPresent(RateLimit.self, forKey: .rate)
        newIssues = try values.decodeIfPresent(NewIssueDefaults.self, forKey: .newIssues) ?? newIssues
        outbound = try values.decodeIfPresent(OutboundRules.self, forKey: .outbound) ?? outbound
        issueLink = try values.decodeIfPresent(IssueLink.self, forKey: .issueLink)
    }

    package func encode(to encoder: any Encoder) throws {
        let none = SyncSettings()
        var values = encoder.container(keyedBy: Key.self)
        try values.encodeIfPresent(accept, forKey: .accept)
        if states != none.states { try values.encode(states, forKey: .states) }
        if pullRequests != none.pullRequests { try values.encode(pullRequests, forKey: .pullRequests) }
        if labels != none.labels { try values.encode(labels, forKey: .labels) }
        if priorities != none.priorities { try values.encode(priorities, forKey: .priorities) }
        if ignore != none.ignore { try values.encode(ignore, forKey: .ignore) }
        if transform != none.transform { try values.encode(transform, forKey: .transform) }
        try values.encodeIfPresent(rate, forKey: .rate)
        if newIssues != none.newIssues { try values.encode(newIssues, forKey: .newIssues) }
        if outbound != none.outbound { try values.encode(outbound, forKey: .outbound) }
        try values.encodeIfPresent(issueLink, forKey: .issueLink)
    }
}

extension StateMap: Decodable {
    private enum Key: String, CodingKey, CaseIterable { case open, completed, cancelled }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(knowing: Key.self)
        open = try values.decodeIfPresent(StateChoice.self, forKey: .open)
        completed = try values.decodeIfPresent(StateChoice.self, forKey: .completed)
        cancelled = try values.decodeIfPresent(StateChoice.self, forKey: .cancelled)
    }
}

/// Written as the name of a state, such as `Todo`, or as `group:started`.
extension StateChoice: Codable, CustomStringConvertible {
    private static let groupPrefix = "group:"

    package init(_ text: String) {
        self = text.hasPrefix(Self.groupPrefix) ? .group(String(text.dropFirst(Self.groupPrefix.count))) : .name(text)
    }

    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(description)
    }

    package var description: String {
        switch self {
        case .name(let name): name
        case .group(let group): Self.groupPrefix + group
        }
    }
}

extension PullRequestRules: Decodable {
    private enum Key: String, CodingKey, CaseIterable { case link, draft, open, merged }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(knowing: Key.self)
        link = try values.decodeIfPresent(Bool.self, forKey: .link) ?? link
        draft = try values.decodeIfPresent(StateChoice.self, forKey: .draft)
        open = try values.decodeIfPresent(StateChoice.self, forKey: .open)
        merged = try values.decodeIfPresent(StateChoice.self, forKey: .merged)
    }
}

/// Written as an object with either `to` and a constant, or `from` and a path.
///
/// `{"set": "priority", "to": "high", "when": "$.issue.user.login == \"boss\""}`
extension Transformation: Codable {
    private enum Key: String, CodingKey, CaseIterable { case set, to, from, when }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(knowing: Key.self)
        field = try values.decode(Field.self, forKey: .set)
        let constant = try values.decodeIfPresent(String.self, forKey: .to)
        let path = try values.decodeIfPresent(String.self, forKey: .from)
        switch (constant, path) {
        case (let constant?, nil): value = .constant(constant)
        case (nil, let path?): value = .path(path)
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .to,
                in: values,
                debugDescription: "expected either 'to' or 'from'"
            )
        }
        condition = try values.decodeIfPresent(String.self, forKey: .when)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(field, forKey: .set)
        switch value {
        case .constant(let text): try values.encode(text, forKey: .to)
        case .path(let path): try values.encode(path, forKey: .from)
        }
        try values.encodeIfPresent(condition, forKey: .when)
    }
}

extension NewIssueDefaults: Decodable {
    private enum Key: String, CodingKey, CaseIterable { case labels, parent, module }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(knowing: Key.self)
        labels = try values.decodeIfPresent([String].self, forKey: .labels) ?? labels
        parent = try values.decodeIfPresent(Named.self, forKey: .parent)
        module = try values.decodeIfPresent(Named.self, forKey: .module)
    }
}

extension OutboundRules: Codable {
    private enum Key: String, CodingKey, CaseIterable {
        case issues, comments, mentions, without, conflict
        case issuesSince = "issues_since"
        case commentsSince = "comments_since"
        case createLabel = "create_label"
        case deletion = "delete"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(knowing: Key.self)
        issues = try values.decodeIfPresent(Scope.self, forKey: .issues) ?? issues
        issuesSince = try values.decodeIfPresent(Timestamp.self, forKey: .issuesSince)
        comments = try values.decodeIfPresent(Comments.self, forKey: .comments) ?? comments
        commentsSince = try values.decodeIfPresent(Timestamp.self, forKey: .commentsSince)
        createLabel = try values.decodeIfPresent(String.self, forKey: .createLabel) ?? createLabel
        mentions = try values.decodeIfPresent(Mentions.self, forKey: .mentions) ?? mentions
        deletion = try values.decodeIfPresent(Deletion.self, forKey: .deletion) ?? deletion
        without = try values.decodeIfPresent([Field].self, forKey: .without) ?? without
        conflict = try values.decodeIfPresent(ConflictRule.self, forKey: .conflict) ?? conflict
    }

    package func encode(to encoder: any Encoder) throws {
        let none = OutboundRules()
        var values = encoder.container(keyedBy: Key.self)
        if issues != none.issues { try values.encode(issues, forKey: .issues) }
        try values.encodeIfPresent(issuesSince, forKey: .issuesSince)
        if comments != none.comments { try values.encode(comments, forKey: .comments) }
        try values.encodeIfPresent(commentsSince, forKey: .commentsSince)
        if createLabel != none.createLabel { try values.encode(createLabel, forKey: .createLabel) }
        if mentions != none.mentions { try values.encode(mentions, forKey: .mentions) }
        if deletion != none.deletion { try values.encode(deletion, forKey: .deletion) }
        if without != none.without { try values.encode(without, forKey: .without) }
        if conflict != none.conflict { try values.encode(conflict, forKey: .conflict) }
    }
}

extension PriorityRule {
    private enum Key: String, CodingKey, CaseIterable { case label, priority }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(knowing: Key.self)
        label = try values.decode(String.self, forKey: .label)
        priority = try values.decode(Priority.self, forKey: .priority)
    }
}

extension RateLimit: Codable {
    /// The values that either number may have.
    package static let range = 1...60_000

    private enum Key: String, CodingKey, CaseIterable {
        case perMinute = "per_minute"
        case burst
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(knowing: Key.self)
        self.init(
            perMinute: try values.decode(Int.self, forKey: .perMinute),
            burst: try values.decode(Int.self, forKey: .burst)
        )
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(perMinute, forKey: .perMinute)
        try values.encode(burst, forKey: .burst)
    }
}

extension NewIssueDefaults.Named {
    private enum Key: String, CodingKey, CaseIterable { case id, name }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(knowing: Key.self)
        id = try values.decode(UUID.self, forKey: .id)
        name = try values.decode(String.self, forKey: .name)
    }
}

extension CodingUserInfoKey {
    /// Set when a person wrote the document, because a mistyped key would silently leave a default in place.
    ///
    /// Not set when a worker reads it, because an older worker must live with the keys of a newer one.
    static let refusesUnknownKeys = CodingUserInfoKey(rawValue: "refusesUnknownKeys")
}

extension Decoder {
    fileprivate func container<Key: CodingKey & CaseIterable>(
        knowing type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        guard let key = CodingUserInfoKey.refusesUnknownKeys, userInfo[key] != nil else {
            return try container(keyedBy: type)
        }
        let known = Key.allCases.map(\.stringValue)
        if let unknown = try container(keyedBy: AnyKey.self).allKeys.first(where: { !known.contains($0.stringValue) }) {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath + [unknown],
                    debugDescription: "expected one of: \(known.joined(separator: ", "))"
                )
            )
        }
        return try container(keyedBy: type)
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
