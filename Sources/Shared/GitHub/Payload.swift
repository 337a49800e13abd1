import Foundation

/// The body of a delivery, decoded as far as its event needs.
package struct Payload: Sendable, Equatable {
    /// What the delivery shows: whole snapshots, never the delta fields.
    package enum Content: Sendable, Equatable {
        case issue(GitHubIssue)
        case comment(GitHubComment, on: GitHubIssue)
        case pullRequest(number: Int64)
    }

    package let action: String
    package let repository: GitHubRepository
    package let sender: GitHubUser?
    package let content: Content

    /// Decodes a body that `JSONSyntax` has let through.
    /// - Throws: `PayloadProblem` naming the field and what was expected there.
    package init(_ bytes: [UInt8], event: EventType) throws(PayloadProblem) {
        do {
            let body = try JSONDecoder().decode(Body.self, from: Data(bytes))
            guard (1...100).contains(body.action.utf8.count) else {
                throw PayloadProblem("action: expected 1 to 100 bytes")
            }
            action = body.action
            repository = body.repository
            sender = body.sender
            content = try body.content(of: event)
        } catch let problem as PayloadProblem {
            throw problem
        } catch let error as DecodingError {
            throw PayloadProblem(error)
        } catch {
            throw PayloadProblem("the body is not JSON")
        }
    }

    private struct Body: Decodable {
        let action: String
        let repository: GitHubRepository
        let sender: GitHubUser?
        let issue: GitHubIssue?
        let comment: GitHubComment?
        let pullRequest: PullRequest?

        struct PullRequest: Decodable {
            let number: Int64
        }

        enum CodingKeys: String, CodingKey {
            case action, repository, sender, issue, comment
            case pullRequest = "pull_request"
        }

        /// The event's name is not signed: it has to fit the shape of what was.
        func content(of event: EventType) throws(PayloadProblem) -> Content {
            switch event {
            case .issues:
                guard let issue else { throw PayloadProblem("issue: missing") }
                return .issue(issue)
            case .issueComment:
                guard let issue else { throw PayloadProblem("issue: missing") }
                guard let comment else { throw PayloadProblem("comment: missing") }
                return .comment(comment, on: issue)
            case .pullRequest:
                guard let pullRequest else { throw PayloadProblem("pull_request: missing") }
                return .pullRequest(number: pullRequest.number)
            }
        }
    }
}

/// Why a body cannot be used: the field and what was expected, never the value.
package struct PayloadProblem: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    init(_ error: DecodingError) {
        let (context, expected): (DecodingError.Context, String)
        switch error {
        case .keyNotFound(let key, let found):
            self.description = "\(Self.path(found.codingPath + [key])): missing"
            return
        case .typeMismatch(let type, let found): (context, expected) = (found, "expected \(Self.word(for: type))")
        case .valueNotFound(let type, let found):
            (context, expected) = (found, "null, expected \(Self.word(for: type))")
        case .dataCorrupted(let found):
            // Foundation's own words quote the value.
            let isOurs = found.debugDescription.hasPrefix("expected")
            (context, expected) = (found, isOurs ? found.debugDescription : "not a value this field can hold")
        @unknown default: (context, expected) = (.init(codingPath: [], debugDescription: ""), "cannot be read")
        }
        self.description = "\(Self.path(context.codingPath)): \(expected)"
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        let path = keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        return path.isEmpty ? "the body" : path.replacing(".[", with: "[")
    }

    private static func word(for type: Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is any FixedWidthInteger.Type: "a whole number"
        case is [Any].Type: "a list"
        default: "an object"
        }
    }
}
