import Base
import Database
import Deliveries
import Foundation
import GitHub
import GitHubClient

/// Makes deliveries of what is read from GitHub, so that it goes the way of all deliveries.
///
/// Their ids are from the time when the request was sent: what was received before that is older, whatever came later
/// may be newer. Their delivery ids are made of the object and its content, so that the same reading is stored once,
/// however often it is read.
package struct Reading: Sendable {
    private let repository: GitHubRepository
    /// The repository as the body of a delivery has it.
    private let repositoryJSON: [UInt8]
    private let ids: EventIDGenerator
    /// When the request was sent, by our clock.
    private let sentAt: Date
    /// When GitHub answered, by its clock; it decides whether the second of an object's `updated_at` was over.
    private let answeredAt: Timestamp

    /// Without a clock of GitHub's, nothing counts as over.
    package init(in found: RepositoryReading, ids: EventIDGenerator, sentAt: Date, answeredAt: Timestamp?) throws {
        repository = found.repository
        self.ids = ids
        self.sentAt = sentAt
        self.answeredAt = answeredAt ?? Timestamp(microseconds: 0)
        repositoryJSON = Array(try JSONEncoder().encode(RepositoryFields(found)))
    }

    /// Whether an answer that lacks something says that it is gone: GitHub's replicas may be late, but not by a minute.
    func mustShow(since time: Timestamp) -> Bool { answeredAt.microseconds - time.microseconds > 60_000_000 }

    package func issue(_ reading: IssueReading) -> Delivery {
        delivery(
            .issues,
            "issue-\(reading.issue.id)-\(version(reading.issue.updatedAt))",
            reading.source,
            of: reading.issue.number,
            body: [("issue", reading.source)]
        )
    }

    package func comment(_ reading: CommentReading, on issueID: Int64) -> Delivery {
        delivery(
            .issueComment,
            "comment-\(reading.comment.id)-\(version(reading.comment.updatedAt))",
            reading.source,
            of: reading.issueNumber,
            body: [
                ("comment", reading.source),
                ("issue", Array("{\"id\":\(issueID),\"number\":\(reading.issueNumber)}".utf8)),
            ]
        )
    }

    func pull(_ reading: PullReading) -> Delivery {
        delivery(
            .pullRequest,
            "pull-\(reading.pull.id)-\(version(reading.pull.updatedAt))",
            reading.source,
            of: reading.pull.number,
            body: [("pull_request", reading.source)]
        )
    }

    /// A label has no time; `list` is the version of the list that shows it.
    func label(_ reading: LabelReading, list: String?) -> Delivery {
        delivery(
            .label,
            "label-\(reading.label.id)",
            reading.source + Array((list ?? "").utf8),
            body: [("label", reading.source)]
        )
    }

    /// An issue that GitHub no longer has; of what it was, only its numbers are known.
    func vanished(_ issue: IssueName) -> Delivery {
        let source = Array(
            """
            {"id":\(issue.id),"number":\(issue.number),"title":"","state":"closed","updated_at":"\(answeredAt)"}
            """.utf8
        )
        return delivery(
            .issues,
            "issue-\(issue.id)-gone",
            [],
            Payload.vanished,
            of: issue.number,
            body: [("issue", source)]
        )
    }

    /// The same of a comment.
    package func vanished(_ commentID: Int64, on issue: IssueName) -> Delivery {
        let times = "\"created_at\":\"\(answeredAt)\",\"updated_at\":\"\(answeredAt)\""
        return delivery(
            .issueComment,
            "comment-\(commentID)-gone",
            [],
            Payload.vanished,
            of: issue.number,
            body: [
                ("comment", Array("{\"id\":\(commentID),\"body\":\"\",\(times)}".utf8)),
                ("issue", Array("{\"id\":\(issue.id),\"number\":\(issue.number)}".utf8)),
            ]
        )
    }

    /// The time of an object, marked if it may still change within its second.
    private func version(_ updatedAt: Timestamp) -> String {
        let seconds = updatedAt.microseconds / 1_000_000
        return answeredAt.microseconds / 1_000_000 > seconds ? "\(seconds)" : "\(seconds)+"
    }

    private func delivery(
        _ event: EventType,
        _ name: String,
        _ content: [UInt8],
        _ action: String = Payload.reading,
        of number: Int64? = nil,
        body: [(name: String, value: [UInt8])]
    ) -> Delivery {
        var payload = Array("{\"action\":\"\(action)\",\"read_at\":\"\(answeredAt)\"".utf8)
        for (name, value) in body + [("repository", repositoryJSON)] { payload += Array(",\"\(name)\":".utf8) + value }
        payload.append(UInt8(ascii: "}"))
        return Delivery(
            id: ids.next(at: sentAt),
            deliveryID: "read-\(repository.id)-\(name)-\(Array(sha256(content).prefix(8)).hex)",
            event: event,
            action: action,
            repositoryID: repository.id,
            repositoryName: repository.fullName,
            subject: DeliverySubject(
                number: number.flatMap { Int32(exactly: $0) }.map(Int.init),
                changedAt: answeredAt
            ),
            received: sentAt,
            payload: JSONText(payload)
        )
    }
}

/// What a delivery says of its repository.
private struct RepositoryFields: Encodable {
    let id: Int64
    let full_name: String
    let html_url: String
    let `private`: Bool
    let default_branch: String?

    init(_ reading: RepositoryReading) {
        id = reading.repository.id
        full_name = reading.repository.fullName
        html_url = reading.repository.url
        `private` = reading.repository.isPrivate
        default_branch = reading.defaultBranch
    }
}
