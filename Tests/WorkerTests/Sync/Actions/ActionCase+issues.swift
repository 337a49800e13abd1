import Foundation
import TestSupport

@testable import Base
@testable import Worker

extension ActionCase {
    /// An `issues` delivery that shows the scene's issue with `change` made.
    private static func issue(
        _ action: String,
        _ variant: String? = nil,
        after before: [Delivery] = ActionScene.deliveries,
        from start: SampleIssue = ActionScene.issue,
        settings: String? = nil,
        result: String = "nothing to change",
        _ difference: [String] = [],
        change: (inout SampleIssue) -> Void = { _ in }
    ) -> ActionCase {
        var issue = start
        issue.updatedAt = ActionScene.later
        change(&issue)
        return ActionCase(
            .issues,
            action,
            variant,
            after: before,
            payload: issue.event(action),
            result: result,
            difference,
            settings: settings
        )
    }

    private static let created = [
        "+ GH-1 assignee octocat", "+ GH-1 history: created", "+ GH-1 history: updated assignees:  → octocat",
        "+ GH-1 html \(ActionScene.author)<p>Some text</p>", "+ GH-1 label bug",
        "+ GH-1 link acme/rocket#12 https://github.com/acme/rocket/issues/12", "+ GH-1 name A title",
        "+ GH-1 priority none", "+ GH-1 state Backlog", "+ label bug #d73a4a",
    ]

    private static let gone = [
        "- GH-1 assignee octocat", "- GH-1 comment by GitHub: \(ActionScene.author)<p>A comment</p>",
        "- GH-1 html \(ActionScene.author)<p>Some text</p>", "- GH-1 label bug",
        "- GH-1 link acme/rocket#12 https://github.com/acme/rocket/issues/12", "- GH-1 name A title",
        "- GH-1 priority none", "- GH-1 state Backlog", "+ GH-1 deleted", "+ GH-1 history: deleted issue",
    ]

    static let issues: [ActionCase] = [
        issue("opened", after: [], result: "created GH-1 in Backlog", created),
        issue(
            "edited",
            "title",
            result: "title changed",
            [
                "- GH-1 name A title", "+ GH-1 history: updated name: A title → Another title",
                "+ GH-1 name Another title",
            ]
        ) { $0.title = "Another title" },
        issue(
            "edited",
            "body",
            result: "description changed",
            [
                "- GH-1 html \(ActionScene.author)<p>Some text</p>",
                "+ GH-1 history: updated description: \(ActionScene.author)<p>Some text</p> → "
                    + "\(ActionScene.author)<p>Other text</p>",
                "+ GH-1 html \(ActionScene.author)<p>Other text</p>",
            ]
        ) { $0.body = "Other text" },
        issue("deleted", result: "deleted", gone),
        issue("transferred", result: "deleted", gone),
        issue("pinned", result: #""kept": {"pinned": true}"#),
        issue("unpinned"),
        issue(
            "reopened",
            after: ActionScene.deliveries + [Delivery(event: .issues, payload: ActionScene.closed.event("closed"))],
            result: "state Done → Backlog",
            [
                "- GH-1 completed at 10", "- GH-1 state Done", "+ GH-1 history: updated state: Done → Backlog",
                "+ GH-1 state Backlog",
            ]
        ) { $0.stateReason = "reopened" },
        issue(
            "assigned",
            result: "assigned to demo",
            ["+ GH-1 assignee demo", "+ GH-1 history: updated assignees:  → demo"]
        ) { $0.assignees.append(.demo) },
        issue("assigned", "to nobody Plane knows", result: "assignee stranger is no member who can be assigned") {
            $0.assignees.append(.stranger)
        },
        issue(
            "unassigned",
            result: "unassigned from octocat",
            ["- GH-1 assignee octocat", "+ GH-1 history: updated assignees: octocat → "]
        ) { $0.assignees = [] },
        issue(
            "labeled",
            result: "label ui added",
            ["+ GH-1 history: updated labels:  → ui", "+ GH-1 label ui", "+ label ui #d73a4a"]
        ) { $0.labels.append(SampleLabel(2, "ui")) },
        issue(
            "labeled",
            "with a rule for it",
            settings: #"{"priorities": [{"label": "Urgent", "priority": "urgent"}]}"#,
            result: "priority none → urgent",
            [
                "- GH-1 priority none", "+ GH-1 history: updated labels:  → urgent",
                "+ GH-1 history: updated priority: none → urgent", "+ GH-1 label urgent", "+ GH-1 priority urgent",
                "+ label urgent #d73a4a",
            ]
        ) { $0.labels.append(SampleLabel(2, "urgent")) },
        issue(
            "unlabeled",
            result: "label bug removed",
            ["- GH-1 label bug", "+ GH-1 history: updated labels: bug → "]
        ) { $0.labels = [] },
        issue("locked", result: #""kept": {"locked": true}"#) { $0.isLocked = true },
        issue("unlocked"),
        issue("milestoned", result: #""kept": {"milestone": "First flight"}"#) { $0.milestone = "First flight" },
        issue("demilestoned"),
        issue("typed", result: #""kept": {"type": "Bug"}"#) { $0.type = "Bug" },
        issue("untyped"),
        issue("field_added"),
        issue("field_removed"),
    ]

    /// Each reason, and none.
    static let closings: [ActionCase] = [
        ("completed", "Done"), ("not_planned", "Cancelled"), ("duplicate", "Cancelled"), (nil, "Done"),
    ].map { reason, state in
        issue(
            "closed",
            reason ?? "without a reason",
            result: "state Backlog → \(state)",
            ["- GH-1 state Backlog"] + (state == "Done" ? ["+ GH-1 completed at 15"] : [])
                + ["+ GH-1 history: updated state: Backlog → \(state)", "+ GH-1 state \(state)"]
        ) {
            $0.state = "closed"
            $0.stateReason = reason
            $0.closedAt = SampleIssue.time(15)
        }
    }
}
