import Foundation

/// The whole body; of its subjects only those of the event are decoded.
struct PayloadBody: DecodableWithConfiguration {
    let action: String
    /// Every event has one but `sub_issues`, whose schema leaves it open.
    let repository: GitHubRepository?
    let sender: GitHubUser?
    let content: Payload.Content

    enum CodingKeys: String, CodingKey {
        case action, repository, sender, issue, comment, label, milestone
        case pullRequest = "pull_request"
        case subIssue = "sub_issue"
        case parentIssue = "parent_issue"
    }

    init(from decoder: any Decoder, configuration event: EventType) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        action = try container.decode(String.self, forKey: .action)
        guard (1...100).contains(action.utf8.count) else { throw PayloadProblem("action: expected 1 to 100 bytes") }
        repository = try container.decodeIfPresent(GitHubRepository.self, forKey: .repository)
        sender = try container.decodeIfPresent(GitHubUser.self, forKey: .sender)
        // The event's name is not signed: it has to fit the shape of what was.
        switch event {
        case .issues:
            content = .issue(try container.subject(.issue))
        case .issueComment:
            let issue: GitHubIssue = try container.subject(.issue)
            content = .comment(try container.subject(.comment), on: issue)
        case .pullRequest:
            content = .pullRequest(try container.subject(.pullRequest))
        case .label:
            content = .label(try container.subject(.label))
        case .repository:
            try RepositoryEvent.checkKeys(of: decoder)
            let event: RepositoryEvent = try container.subject(.repository)
            content = .repository(updatedAt: event.updatedAt)
        case .milestone:
            try container.requireObject(.milestone)
            content = .other
        case .subIssues:
            try container.requireObject(container.contains(.subIssue) ? .subIssue : .parentIssue)
            content = .other
        }
    }
}

extension KeyedDecodingContainer where Key == PayloadBody.CodingKeys {
    fileprivate func subject<Subject: Decodable>(_ key: Key) throws -> Subject {
        guard let subject = try decodeIfPresent(Subject.self, forKey: key) else {
            throw PayloadProblem("\(key.stringValue): missing")
        }
        return subject
    }

    fileprivate func requireObject(_ key: Key) throws {
        _ = try nestedContainer(keyedBy: Key.self, forKey: key)
    }
}
