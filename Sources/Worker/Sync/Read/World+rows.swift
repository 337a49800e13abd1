import Base
import Database
import Foundation
import GitHub

extension World {
    /// Reads the results of `Connection.worldQueries`.
    init(_ results: ArraySlice<[Row]>, of batch: SyncBatch, _ found: PullTargets) throws {
        var results = results
        func next() -> [Row] { results.popFirst() ?? [] }

        followers = try next().map(Follower.init(row:))
        for row in next() { issues[try PlaneKey(row, githubID: "github_issue_id")] = try IssueRecord(row: row) }
        let keys = Dictionary(issues.map { ($0.value.id, $0.key) }) { first, _ in first }
        for row in next() {
            guard let key = keys[try row.get("issue_id")] else { continue }
            issues[key]?.labels[try row.get("label_id")] = .some(try row.getIfPresent("created_by_id"))
        }
        for row in next() {
            guard let key = keys[try row.get("issue_id")] else { continue }
            let user: UUID = try row.get("assignee_id")
            issues[key]?.assignees[user] = .some(try row.getIfPresent("created_by_id"))
            people.names[user] = try row.get("display_name")
        }
        for row in next() { comments[try PlaneKey(row, githubID: "github_comment_id")] = try CommentRecord(row: row) }
        for row in next() {
            states[try row.get("project_id"), default: ProjectStates()].ordered.append(
                try ProjectStates.State(row: row)
            )
        }
        try readLabels(next(), next())
        for row in next() {
            let person = try People.Person(row: row)
            people.members[try row.get("project_id"), default: [:]][try row.get("github_id")] = person
            people.names[person.userID] = person.displayName
        }
        for row in next() {
            let key = RuleKey(eventID: try row.get("event_id"), repositorySyncID: try row.get("repository_sync_id"))
            rules[key] = try row.getJSON("outcome")
        }
        pulls = LinkedPulls(scopes: found.scopes, targets: found.targets)
        try pulls.readReferences(next())
        if !batch.pulls.isEmpty {
            try pulls.readStored(next())
            for row in next() { pulls.natives[try row.get("id")] = try IssueRecord(native: row) }
            for row in next() {
                pulls.links.insert(
                    PullLinkKey(issueID: try row.get("issue_id"), githubPullID: try row.get("github_pull_id"))
                )
            }
        }
        if !batch.labels.isEmpty { try readLabelTargets(next()) }
        if !batch.repositories.isEmpty {
            for row in next() {
                repositoryVersions[try row.get("repository_sync_id")] = ObjectVersion(
                    updatedAt: try row.get("github_updated_at"),
                    eventID: try row.get("event_id")
                )
            }
        }
    }

    /// Replaces what is known of labels.
    mutating func readLabels(_ rows: [Row], _ versions: [Row]) throws {
        labels = [:]
        labelVersions = [:]
        for row in rows {
            let label = ProjectLabels.Label(id: try row.get("id"), name: try row.get("name"))
            // Anybody may write this column through Plane's API: what is no number is not GitHub's.
            let externalID = try row.getIfPresent("external_id", as: String.self)
            labels[try row.get("project_id"), default: ProjectLabels()].add(
                label,
                githubID: externalID.flatMap { Int64($0) }
            )
        }
        for row in versions {
            labelVersions[try PlaneKey(row, githubID: "github_label_id")] = try LabelVersion(row: row)
        }
    }

    mutating func readLabelTargets(_ rows: [Row]) throws {
        for row in rows { labelTargets[try PlaneKey(row, githubID: "github_id")] = try LabelTarget(row: row) }
    }
}

extension PlaneKey {
    fileprivate init(_ row: Row, githubID column: String) throws {
        repositorySyncID = try row.get("repository_sync_id")
        githubID = try row.get(column)
    }
}

extension IssueRecord: RowDecodable {
    init(row: Row) throws {
        id = try row.get("issue_id")
        hasTombstone = try row.get("has_tombstone")
        applied = try AppliedIssue(ifAppliedIn: row)
        history = SecondHistory(try row.getIfPresent("recent"), of: applied?.version)
        plane = try PlaneIssue(ifPresentIn: row)
        waitingStateID = try row.getIfPresent("waiting_state_id")
    }

    /// An issue that GitHub knows nothing of.
    fileprivate init(native row: Row) throws {
        id = try row.get("id")
        hasTombstone = false
        applied = nil
        history = SecondHistory()
        plane = try PlaneIssue(ifPresentIn: row)
    }
}

extension PlaneIssue {
    fileprivate init?(ifPresentIn row: Row) throws {
        guard let number = try row.getIfPresent("sequence_id", as: Int.self) else { return nil }
        self.number = number
        name = try row.get("name")
        html = try row.getIfPresent("description_html")
        authorID = try row.getIfPresent("created_by_id")
        stateID = try row.getIfPresent("state_id")
        priority = try row.get("priority")
        createdAt = try row.get("created_at")
        completedAt = try row.getIfPresent("completed_at")
        isDeleted = try row.get("is_deleted")
    }
}

extension AppliedIssue {
    fileprivate init?(ifAppliedIn row: Row) throws {
        guard let updatedAt: Timestamp = try row.getIfPresent("github_updated_at"),
            let state: GitHubIssue.State = try row.getIfPresent("state")
        else { return nil }
        version = ObjectVersion(updatedAt: updatedAt, eventID: try row.get("event_id"))
        number = try row.getIfPresent("github_number")
        self.state = state
        closedAt = try row.getIfPresent("closed_at")
        titleHash = try row.get("title_hash")
        bodyHash = try row.get("body_hash")
        labels = try row.getIDs("labels")
        assignees = try row.getIDs("assignees")
        priority = try row.getIfPresent("applied_priority")
    }
}

extension Row {
    /// A JSON object of GitHub ids and the Plane ids they stand for.
    fileprivate func getIDs(_ column: String) throws -> [Int64: UUID] {
        let object: [String: UUID] = try getJSON(column)
        return object.reduce(into: [:]) { ids, pair in
            if let id = Int64(pair.key) { ids[id] = pair.value }
        }
    }
}

extension LinkedPulls {
    fileprivate init(scopes: [ScopedMention: ScopedNumber], targets: [ScopedNumber: PullTarget]) {
        self.scopes = scopes
        self.targets = targets
    }

    fileprivate mutating func readReferences(_ rows: [Row]) throws {
        try readStored(rows)
        for row in rows { references.insert(try PullReference(row: row)) }
    }

    fileprivate mutating func readStored(_ rows: [Row]) throws {
        for row in rows { stored[try PlaneKey(row, githubID: "github_pull_id")] = try PullRecord(row: row) }
    }
}

extension PullReference: RowDecodable {
    init(row: Row) throws {
        pull = try PlaneKey(row, githubID: "github_pull_id")
        issue = ScopedNumber(scopeID: try row.get("scope_id"), number: try row.get("issue_number"))
        closes = try row.get("closes")
    }
}

extension PullRecord: RowDecodable {
    init(row: Row) throws {
        version = ObjectVersion(updatedAt: try row.get("github_updated_at"), eventID: try row.get("event_id"))
        history = SecondHistory(try row.getIfPresent("recent"), of: version)
        snapshot = PullSnapshot(
            number: try row.get("number"),
            state: try row.get("state"),
            mergedAt: try row.getIfPresent("merged_at"),
            title: try row.get("title"),
            url: try row.get("url")
        )
    }
}

extension LabelVersion: RowDecodable {
    init(row: Row) throws {
        labelID = try row.getIfPresent("label_id")
        eventID = try row.getIfPresent("event_id")
        name = try row.getIfPresent("name")
        color = try row.getIfPresent("color")
        description = try row.getIfPresent("description")
        isGone = try row.get("is_gone")
    }
}

extension LabelTarget: RowDecodable {
    init(row: Row) throws {
        id = try row.get("id")
        name = try row.get("name")
        color = try row.get("color")
        description = try row.get("description")
        isOurs = try row.get("is_ours")
        standsForAnother = try row.get("stands_for_another")
        isUsedInPlane = try row.get("is_used_in_plane")
    }
}

extension CommentRecord: RowDecodable {
    init(row: Row) throws {
        id = try row.get("comment_id")
        hasTombstone = try row.get("has_tombstone")
        if let updatedAt: Timestamp = try row.getIfPresent("github_updated_at"),
            let hash: Bytes = try row.getIfPresent("body_hash")
        {
            let version = ObjectVersion(updatedAt: updatedAt, eventID: try row.get("event_id"))
            applied = Applied(version: version, bodyHash: hash)
        } else {
            applied = nil
        }
        history = SecondHistory(try row.getIfPresent("recent"), of: applied?.version)
        plane = try row.getIfPresent("comment_html", as: String.self).map { html in
            PlaneComment(
                html: html,
                authorID: try row.getIfPresent("actor_id"),
                editedAt: try row.getIfPresent("edited_at"),
                isDeleted: try row.get("is_deleted")
            )
        }
    }
}

extension ProjectStates.State: RowDecodable {
    init(row: Row) throws {
        id = try row.get("id")
        name = try row.get("name")
        group = try row.get("group")
        isDefault = try row.get("default")
    }
}

extension People.Person: RowDecodable {
    init(row: Row) throws {
        userID = try row.get("user_id")
        displayName = try row.get("display_name")
        isAssignable = try row.get("is_assignable")
    }
}

extension GitHubIssue.State: SQLValue {}
