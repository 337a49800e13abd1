import Base
import Database
import Foundation
import GitHub

/// The part of the last applied snapshot that tells which fields GitHub has changed since.
struct AppliedIssue: Sendable, Equatable {
    let version: ObjectVersion
    let number: Int64?
    let closedAt: Timestamp?
    /// The priority that the rules gave the snapshot.
    let priority: Priority?
    /// Of all fields that both sides change.
    let agreement: IssueAgreement

    var state: GitHubIssue.State { agreement.state.agreed.github }
}

/// An issue, with the version that was last applied and its row in Plane.
struct IssueRecord: Sendable {
    /// The id that the issue has in Plane, or will have.
    let id: UUID
    /// Nil when nothing was applied yet.
    let applied: AppliedIssue?
    /// What was sent to create an issue that was made in Plane.
    let sent: IssueIntents
    /// The deliveries that the applied one was chosen from.
    let history: SecondHistory
    /// Whether GitHub said that the issue is gone.
    let hasTombstone: Bool
    /// Nil when Plane has no such row.
    var plane: PlaneIssue?
    /// The state in which the issue waits because the project had none for what GitHub showed; nil when it does not
    /// wait.
    var waitingStateID: UUID?
    /// The address that the sync gave to its link to the dashboard; nil when it was given none.
    var pageURL: String?
    /// The live labels, each with the user who attached it.
    var labels: [UUID: UUID?] = [:]
    /// The live assignees, each with the user who assigned them.
    var assignees: [UUID: UUID?] = [:]
}

/// A row of Plane's `issues`.
struct PlaneIssue: Sendable, Equatable {
    let rowVersion: RowVersion
    let number: Int
    let name: String
    /// Nil when it was not read, because GitHub's text is the one that was last applied.
    var html: String?
    let authorID: UUID?
    let stateID: UUID?
    let priority: String
    let createdAt: Timestamp
    let completedAt: Timestamp?
    let isDeleted: Bool
    /// Whether it was made in Plane.
    let isNative: Bool
}

extension IssueRecord: RowDecodable {
    init(row: Row) throws {
        id = try row.get("issue_id")
        hasTombstone = try row.get("has_tombstone")
        applied = try AppliedIssue(ifAppliedIn: row)
        sent = applied == nil ? try row.getJSONIfPresent("sent") ?? IssueIntents() : IssueIntents()
        history = SecondHistory(try row.getIfPresent("recent"), of: applied?.version)
        plane = try PlaneIssue(ifPresentIn: row)
        waitingStateID = try row.getIfPresent("waiting_state_id")
        pageURL = try row.getIfPresent("page_url")
    }

    /// An issue that was made in Plane and is unknown to GitHub.
    init(native row: Row) throws {
        id = try row.get("id")
        hasTombstone = false
        applied = nil
        sent = IssueIntents()
        history = SecondHistory()
        plane = try PlaneIssue(ifPresentIn: row)
    }
}

extension PlaneIssue {
    fileprivate init?(ifPresentIn row: Row) throws {
        guard let number = try row.getIfPresent("sequence_id", as: Int.self) else { return nil }
        self.number = number
        rowVersion = try row.get("row_version")
        name = try row.get("name")
        html = try row.getIfPresent("description_html")
        authorID = try row.getIfPresent("created_by_id")
        stateID = try row.getIfPresent("state_id")
        priority = try row.get("priority")
        createdAt = try row.get("created_at")
        completedAt = try row.getIfPresent("completed_at")
        isDeleted = try row.get("is_deleted")
        isNative = try row.get("is_native")
    }
}

extension AppliedIssue {
    fileprivate init?(ifAppliedIn row: Row) throws {
        guard let version = try ObjectVersion(ifAppliedIn: row),
            try row.getIfPresent("state", as: GitHubIssue.State.self) != nil
        else { return nil }
        self.version = version
        number = try row.getIfPresent("github_number")
        closedAt = try row.getIfPresent("closed_at")
        priority = try row.getIfPresent("applied_priority")
        agreement = try IssueAgreement(row: row)
    }
}

extension Row {
    /// Reads a `jsonb` object with GitHub's ids as keys and Plane's ids as values.
    ///
    /// In `{"7": "…", "8": "…"}` every second part between quotation marks is a key or a value.
    func getIDs(_ column: String) throws -> [Int64: UUID] {
        let parts = try get(column, as: JSONText.self).bytes
            .split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
        return stride(from: 1, to: parts.count - 2, by: 4).reduce(into: [:]) { ids, index in
            let key = Int64(String(decoding: parts[index], as: UTF8.self))
            let value = parts[index + 2].withUnsafeBufferPointer(UUID.init(text:))
            if let key, let value { ids[key] = value }
        }
    }
}

extension GitHubIssue.State: SQLValue {}
