import Foundation

/// Bodies as GitHub sends them, cut down to what this system reads.
package struct SampleDelivery: Sendable {
    package var repositoryID: Int64 = 700_100_200
    package var repositoryName = "acme-labs/rocket"
    package var action = "opened"
    package var issueID: Int64 = 2_900_000_042
    package var number: Int64 = 42
    package var title = "Engine does not start"
    package var body = "It makes a sound and stops."
    /// Text added to the payload to make it as long as a test needs it.
    package var padding = ""

    package init() {}

    /// An `issues` body.
    package var issue: String {
        "{\"action\":\"\(action)\",\(issueObject),\(rest)}"
    }

    /// An `issue_comment` body.
    package var comment: String {
        """
        {"action":"\(action)",\(issueObject),"comment":{"id":77,"body":"Seen here too.",\
        "user":\(Self.user),"html_url":"https://github.com/\(repositoryName)/issues/\(number)#issuecomment-77",\
        "created_at":"2026-03-02T10:31:00Z","updated_at":"2026-03-02T10:31:00Z"},\(rest)}
        """
    }

    /// A `pull_request` body.
    package var pullRequest: String {
        """
        {"action":"\(action)","pull_request":{"id":\(issueID),"number":\(number),"title":"\(title)","body":"\(body)",\
        "html_url":"https://github.com/\(repositoryName)/pull/\(number)","user":\(Self.user),"state":"open",\
        "draft":false,"merged":false,"head":{"ref":"engine","repo":null},"created_at":"2026-03-02T10:30:00Z",\
        "updated_at":"2026-03-02T10:30:00Z","closed_at":null,"merged_at":null},\(rest)}
        """
    }

    /// A `label` body.
    package var label: String {
        "{\"action\":\"\(action)\",\"label\":{\"id\":7,\"name\":\"bug\",\"color\":\"d73a4a\"},\(rest)}"
    }

    /// A `milestone` body.
    package var milestone: String {
        "{\"action\":\"\(action)\",\"milestone\":{\"id\":8,\"number\":1,\"title\":\"First flight\"},\(rest)}"
    }

    /// A `sub_issues` body; its issue stands for both, which nobody reads.
    package var subIssue: String {
        "{\"action\":\"\(action)\",\"sub_issue\":{\"id\":\(issueID)},\"parent_issue\":{\"id\":\(issueID)},\(rest)}"
    }

    /// A `repository` body.
    package var repository: String {
        """
        {"action":"\(action)","repository":{"id":\(repositoryID),"full_name":"\(repositoryName)",\
        "updated_at":"2026-03-02T10:30:00Z"},"sender":\(Self.user)}
        """
    }

    private var issueObject: String {
        """
        "issue":{"id":\(issueID),"number":\(number),"title":"\(title)","body":"\(body)","state":"open",\
        "html_url":"https://github.com/\(repositoryName)/issues/\(number)","user":\(Self.user),"labels":[],\
        "assignees":[],"created_at":"2026-03-02T10:30:00Z","updated_at":"2026-03-02T10:30:00Z","closed_at":null}
        """
    }

    private var rest: String {
        """
        "padding":"\(padding)","repository":{"id":\(repositoryID),"full_name":"\(repositoryName)"},"sender":\(Self.user)
        """
    }

    private static let user = "{\"id\":583231,\"login\":\"octocat\"}"
}
