import Base
import Foundation
import JSON

extension GitHubRepository {
    // Other pages of the delivery may tell the server where the repository's does not.
    package init(_ object: JSONObject, in body: JSONObject) throws(PayloadProblem) {
        id = try object.positiveID("id")
        fullName = try object.exactText("full_name")
        guard Self.isFullName(fullName) else { throw object.problem(with: "full_name", "expected owner/name") }
        // None of this is worth refusing a delivery for.
        let others = [try? body.objectIfPresent("issue"), try? body.objectIfPresent("pull_request")]
        let pages = ([object] + others.compactMap(\.self)).map { (try? $0.exactTextIfPresent("html_url")) ?? "" }
        server = pages.lazy.compactMap(GitHubServer.init).first ?? .github
        isPrivate = (try? object.boolIfPresent("private")) ?? false
    }

    /// GitHub's own alphabet for both halves; anything else would end up in URLs and log lines.
    package static func isFullName(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                (1...100).contains(part.count) && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
                    && part.allSatisfy { $0.isWord || "-.".utf8.contains($0) }
            }
    }
}

extension GitHubUser {
    package init(_ object: JSONObject) throws(PayloadProblem) {
        id = try object.positiveID("id")
        login = try object.text("login")
    }

    /// GitHub's own alphabet, `[bot]` at the end of an app's login included; anything else would end up in URLs, HTML
    /// and log lines.
    package static func isLogin(_ text: some StringProtocol) -> Bool {
        let name = text.hasSuffix("[bot]") ? text.utf8.dropLast("[bot]".utf8.count) : text.utf8[...]
        return (1...100).contains(name.count) && name.allSatisfy { $0.isWord || $0 == UInt8(ascii: "-") }
    }
}

extension GitHubLabel {
    package init(_ object: JSONObject) throws(PayloadProblem) {
        name = try object.text("name")
        id = object.has("id") ? try object.positiveID("id") : Self.id(ofName: name)
        color = try object.textIfPresent("color")
        description = try object.textIfPresent("description")
    }

    /// The id of a label for which an old GitHub Enterprise Server sends only a name.
    ///
    /// It is negative, as no id of GitHub's is, and the same whatever the case of the name.
    private static func id(ofName name: String) -> Int64 {
        sha256Number(name.lowercased()) | Int64.min
    }
}

extension GitHubIssue {
    package init(_ object: JSONObject) throws(PayloadProblem) {
        id = try object.positiveID("id")
        number = try object.positiveID("number")
        title = try object.text("title")
        body = try object.textIfPresent("body") ?? ""
        url = try object.textIfPresent("html_url") ?? ""
        author = try object.objectIfPresent("user").map(GitHubUser.init)
        labels = try object.objectsIfPresent("labels", GitHubLabel.init) ?? []
        if let listed = try object.objectsIfPresent("assignees", GitHubUser.init) {
            assignees = listed
        } else {
            // Older samples have only `assignee`; the list is what GitHub keeps up to date.
            assignees = try object.objectIfPresent("assignee").map(GitHubUser.init).map { [$0] } ?? []
        }
        updatedAt = try object.timestamp("updated_at")
        createdAt = try object.timestampIfPresent("created_at") ?? updatedAt
        closedAt = try object.timestampIfPresent("closed_at")
        isPullRequest = object.has("pull_request")
        // These are only noted in results. What cannot be read is left out and is no reason to refuse a delivery.
        milestone = object.textIfReadable("title", in: "milestone")
        type = object.textIfReadable("name", in: "type")
        isLocked = object.isTrue("locked")
        appID = object.creatingApp

        let word = try object.exactTextIfPresent("state")
        let reason = object.textIfReadable("state_reason")
        // `state` is optional in GitHub's schema and may get new values; in these cases `closed_at` decides.
        let isOpen = word == "open" || (word != "closed" && closedAt == nil)
        state = isOpen ? .open : reason == "not_planned" || reason == "duplicate" ? .cancelled : .completed
    }
}

extension GitHubComment {
    package init(_ object: JSONObject) throws(PayloadProblem) {
        id = try object.positiveID("id")
        body = try object.textIfPresent("body") ?? ""
        url = try object.textIfPresent("html_url") ?? ""
        author = try object.objectIfPresent("user").map(GitHubUser.init)
        updatedAt = try object.timestamp("updated_at")
        createdAt = try object.timestampIfPresent("created_at") ?? updatedAt
        appID = object.creatingApp
    }
}

extension JSONObject {
    fileprivate var creatingApp: Int64? { try? objectIfPresent("performed_via_github_app")?.positiveID("id") }
}

extension IssueName {
    init(_ object: JSONObject) throws(PayloadProblem) {
        id = try object.positiveID("id")
        number = try object.positiveID("number")
    }
}
