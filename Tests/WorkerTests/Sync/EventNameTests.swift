import TestSupport
import Testing

@testable import Base
@testable import GitHub
@testable import JSON
@testable import Sync
@testable import Worker

/// The event's name is not signed: a body that was captured must not mean something else under another name.
@Suite struct EventNameTests {
    /// Every action of an event we store, with a body as GitHub shapes it.
    struct Sent: Sendable, CustomTestStringConvertible {
        let event: EventType
        let action: String
        var testDescription: String { "\(event.rawValue).\(action)" }

        static let all: [Sent] = RoutingTable.effects.flatMap { event, actions in
            actions.keys.map { Sent(event: event, action: $0) }
        }.sorted { $0.testDescription < $1.testDescription }

        /// With what an action shows beside its subject: the label, the milestone, what changed.
        var body: [UInt8] {
            let delta =
                switch action {
                case "labeled", "unlabeled": ",\"label\":\(Shape.label)"
                case "milestoned", "demilestoned": ",\"milestone\":\(Shape.milestone)"
                case "assigned", "unassigned": ",\"assignee\":\(Shape.user)"
                case "typed", "untyped": ",\"type\":{\"id\":4,\"name\":\"Bug\"}"
                case "transferred": ",\"changes\":{\"new_issue\":\(Shape.issue)}"
                case "edited": ",\"changes\":{\"title\":{\"from\":\"before\"}}"
                case "renamed": ",\"changes\":{\"repository\":{\"name\":{\"from\":\"before\"}}}"
                default: ""
                }
            let head = "{\"action\":\"\(action)\",\(subject)\(delta)"
            return Array(
                (head + ",\"organization\":{},\"repository\":\(Shape.repository),\"sender\":\(Shape.user)}").utf8
            )
        }

        private var subject: String {
            switch event {
            case .issues: "\"issue\":\(Shape.issue)"
            case .issueComment: "\"issue\":\(Shape.issue),\"comment\":\(Shape.comment)"
            case .pullRequest: "\"number\":34,\"pull_request\":\(Shape.pull)"
            case .label: "\"label\":\(Shape.label)"
            case .milestone: "\"milestone\":\(Shape.milestone)"
            case .subIssues:
                "\"sub_issue_id\":1,\"sub_issue\":\(Shape.issue),\"parent_issue_id\":2,\"parent_issue\":\(Shape.issue)"
            case .repository: "\"enterprise\":{}"
            }
        }
    }

    @Test(arguments: Sent.all) func `a body fits the name of its own event and of no other`(_ sent: Sent) throws {
        #expect(throws: Never.self) { try Payload(sent.body, event: sent.event) }
        for name in EventType.allCases where name != sent.event {
            #expect(throws: PayloadProblem.self, "as \(name.rawValue)") { try Payload(sent.body, event: name) }
        }
    }

    @Test(arguments: [
        ActionCase.issues, ActionCase.comments, ActionCase.pulls, ActionCase.labels, ActionCase.repositories,
        ActionCase.milestones, ActionCase.subIssues,
    ]) func `no body whose effect is tested has one under another name`(_ cases: [ActionCase]) {
        for one in cases {
            for name in EventType.allCases where name != one.event {
                #expect(throws: PayloadProblem.self, "\(one) as \(name.rawValue)") {
                    try Payload(one.delivery.payload, event: name)
                }
            }
        }
    }

    /// Events we do not store, whose bodies have the subject of one that we do.
    @Test(arguments: [
        ("pull_request_review", "\"review\":{\"id\":1},\"pull_request\":\(Shape.pull)"),
        ("pull_request_review_comment", "\"comment\":\(Shape.comment),\"pull_request\":\(Shape.pull)"),
        ("pull_request_review_thread", "\"thread\":{\"comments\":[]},\"pull_request\":\(Shape.pull)"),
        ("commit_comment", "\"comment\":\(Shape.comment)"),
        ("discussion", "\"discussion\":\(Shape.issue),\"label\":\(Shape.label)"),
        ("discussion_comment", "\"discussion\":\(Shape.issue),\"comment\":\(Shape.comment)"),
        ("issue_dependencies", "\"blocked_issue\":\(Shape.issue),\"blocking_issue\":\(Shape.issue)"),
        ("check_run", "\"check_run\":{\"pull_requests\":[\(Shape.pull)]}"), ("release", "\"release\":{\"id\":1}"),
        ("deployment_status", "\"deployment_status\":{},\"deployment\":{}"), ("star", "\"starred_at\":null"),
        ("member", "\"member\":\(Shape.user)"), ("projects_v2_item", "\"projects_v2_item\":{\"id\":1}"),
        ("repository_dispatch", "\"client_payload\":{},\"branch\":\"main\""),
        ("fork", "\"forkee\":\(Shape.repository)"),
    ]) func `a body of an event that is not stored passes for none that is`(_ event: String, subject: String) {
        for name in EventType.allCases {
            for action in RoutingTable.effects[name, default: [:]].keys {
                let body = "{\"action\":\"\(action)\",\(subject),\"repository\":\(Shape.repository)}"
                #expect(throws: PayloadProblem.self, "\(event).\(action) as \(name.rawValue)") {
                    try Payload(Array(body.utf8), event: name)
                }
            }
        }
    }

    @Test func `what GitHub may add is no other event's subject`() {
        let more = #""installation":{"id":1},"enterprise":{},"performed_via":null,"reactions":{},"fields":[]"#
        for sent in Sent.all {
            let body = Array("{\(more),".utf8) + sent.body.dropFirst()
            #expect(throws: Never.self, "\(sent.testDescription)") { try Payload(body, event: sent.event) }
        }
    }
}

/// What GitHub's bodies are made of.
private enum Shape {
    static let user = #"{"id":1,"login":"mona"}"#
    static let label = #"{"id":7,"name":"bug","color":"d73a4a"}"#
    static let milestone = #"{"id":8,"number":1,"title":"First flight"}"#
    static let repository = #"{"id":5,"full_name":"a/b","updated_at":"2026-03-02T10:30:00Z"}"#
    static let times = #""created_at":"2026-03-02T10:30:00Z","updated_at":"2026-03-02T10:30:00Z""#
    static let issue = """
        {"id":11,"number":2,"title":"T","state":"open","user":\(user),"labels":[\(label)],"milestone":\(milestone),\(times)}
        """
    static let comment = #"{"id":3,"body":"B","user":\#(user),\#(times)}"#
    static let pull = """
        {"id":12,"number":34,"title":"P","state":"open","user":\(user),"head":{"ref":"x"},"labels":[],\(times)}
        """
}
