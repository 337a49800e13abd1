import Foundation

/// The body of a delivery, decoded as far as its event needs.
package struct Payload: Sendable, Equatable {
    /// What the delivery shows: whole snapshots, never the delta fields.
    package enum Content: Sendable, Equatable {
        case issue(GitHubIssue)
        case comment(GitHubComment, on: GitHubIssue)
        case pullRequest(GitHubPullRequest)
        case label(GitHubLabel)
        /// `updatedAt` is the version of the snapshot, where it has one.
        case repository(updatedAt: Timestamp?)
        /// An event that is recorded and has nothing to sync: `milestone`, `sub_issues`.
        case other
    }

    package let action: String
    package let repository: GitHubRepository
    package let sender: GitHubUser?
    package let content: Content

    private static let decoder = JSONDecoder()

    /// Decodes a body that `JSONSyntax` has let through.
    /// - Throws: `PayloadProblem` naming the field and what was expected there.
    package init(_ bytes: [UInt8], event: EventType) throws(PayloadProblem) {
        do {
            let body = try Self.decoder.decode(PayloadBody.self, from: Data(bytes), configuration: event)
            guard let repository = body.repository else { throw PayloadProblem.noRepository }
            self.repository = repository
            action = body.action
            sender = body.sender
            content = body.content
        } catch let problem as PayloadProblem {
            throw problem
        } catch let error as DecodingError {
            throw PayloadProblem(error)
        } catch {
            throw PayloadProblem("the body is not JSON")
        }
    }
}

/// Why a body cannot be used: the field and what was expected, never the value.
package struct PayloadProblem: Error, Equatable, CustomStringConvertible {
    package let description: String

    /// The body fits its event and names no repository.
    package static let noRepository = PayloadProblem("repository: missing")

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
        case is Bool.Type: "true or false"
        default: "an object"
        }
    }
}
