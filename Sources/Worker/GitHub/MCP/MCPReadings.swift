import Base
import GitHub
import JSON

/// An issue as MCP shows it.
///
/// Without its title and body: servers rewrite both for readers that are language models, so what they show is not what
/// is stored, and must never be stored anywhere. REST has the exact texts.
package struct MCPIssueReading: Sendable, Equatable {
    package let number: Int64
    package let state: GitHubIssue.State
    /// Names.
    package let labels: [String]
    /// Logins.
    package let assignees: [String]
    package let updatedAt: Timestamp
    package let commentCount: Int64

    init(_ object: JSONObject) throws(PayloadProblem) {
        number = try object.positiveID("number")
        let isOpen = try object.isOpen()
        let reason = object.textIfReadable("state_reason")?.lowercased()
        let isCancelled = reason == "not_planned" || reason == "duplicate"
        state = isOpen ? .open : isCancelled ? .cancelled : .completed
        labels = try object.names("labels", in: "name")
        assignees = try object.names("assignees", in: "login")
        updatedAt = try object.timestamp("updated_at")
        // The server leaves out a zero.
        commentCount = object.has("comments") ? try object.wholeNumber("comments") : 0
    }
}

/// A comment as MCP shows it: without its body, for the reason that an issue has none.
package struct MCPCommentReading: Sendable, Equatable {
    package let id: Int64
    /// The login; nil if the account is gone.
    package let author: String?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    init(_ object: JSONObject) throws(PayloadProblem) {
        id = try object.number("id")
        author = object.textIfReadable("login", in: "user")
        updatedAt = try object.timestamp("updated_at")
        createdAt = try object.timestampIfPresent("created_at") ?? updatedAt
    }
}

/// A pull request as MCP shows it: without its title and body, for the reason that an issue has none.
package struct MCPPullRequestReading: Sendable, Equatable {
    package let number: Int64
    package let state: GitHubPullRequest.State
    package let updatedAt: Timestamp?

    init(_ object: JSONObject) throws(PayloadProblem) {
        number = try object.positiveID("number")
        let isOpen = try object.isOpen()
        let isMerged = try object.boolIfPresent("merged") ?? false
        let isDraft = try object.boolIfPresent("draft") ?? false
        state = isMerged || object.has("merged_at") ? .merged : !isOpen ? .closed : isDraft ? .draft : .open
        updatedAt = try object.timestampIfPresent("updated_at")
    }
}

/// An issue that was created.
package struct MCPCreatedIssue: Sendable, Equatable {
    package let id: Int64
    package let number: Int64

    init(_ object: JSONObject) throws(PayloadProblem) {
        id = try object.number("id")
        if object.has("number") {
            number = try object.positiveID("number")
        } else {
            let last = try object.exactText("url").split(separator: "/").last
            guard let number = last.flatMap({ Int64($0) }), number > 0 else {
                throw object.problem(with: "url", "expected the address of an issue")
            }
            self.number = number
        }
    }
}

extension JSONObject {
    /// Lists of some servers have the state in capitals.
    fileprivate func isOpen() throws(PayloadProblem) -> Bool {
        switch try exactText("state").lowercased() {
        case "open": true
        case "closed": false
        default: throw problem(with: "state", "expected open or closed")
        }
    }

    /// A list of names, or of objects that have them, as older servers send it.
    fileprivate func names(_ list: StaticString, in field: StaticString) throws(PayloadProblem) -> [String] {
        if let names = try? textsIfPresent(list) { return names }
        return try objectsIfPresent(list) { (object) throws(PayloadProblem) in try object.text(field) } ?? []
    }

    /// An id, which newer servers write as text.
    func number(_ name: StaticString) throws(PayloadProblem) -> Int64 {
        guard let text = textIfReadable(name) else { return try positiveID(name) }
        guard let number = Int64(text), number > 0 else { throw problem(with: name, "expected a positive number") }
        return number
    }
}
