import Foundation
import TestSupport

@testable import Base
@testable import Worker

extension ActionCase {
    private static let automation =
        #"{"pull_requests": {"draft": "Todo", "open": "group:started", "merged": "group:completed"}}"#

    private static let url = "https://github.com/acme/rocket/pull/34"

    private static func link(_ state: String, title: String = "A change") -> String {
        "GH-1 link acme/rocket#34 \(title) (\(state)) \(url)"
    }

    /// A `pull_request` delivery after one that opened it, unless it is the first.
    private static func pull(
        _ action: String,
        _ variant: String? = nil,
        settings: String? = nil,
        after opened: SamplePullRequest? = ActionScene.pull(),
        result: String = "nothing to change",
        _ difference: [String] = [],
        _ pull: SamplePullRequest = ActionScene.pull(at: 20)
    ) -> ActionCase {
        let first = opened.map { [Delivery(event: .pullRequest, payload: $0.event("opened"))] } ?? []
        return ActionCase(
            .pullRequest,
            action,
            variant,
            after: ActionScene.deliveries + first,
            payload: pull.event(action),
            result: result,
            difference,
            settings: settings
        )
    }

    /// A change of the link's title, and of the issue's state where settings ask for it.
    private static func move(
        _ action: String,
        _ variant: String,
        from start: SamplePullRequest.State,
        to end: SamplePullRequest.State,
        states: (String, String)?,
        completed: Bool = false
    ) -> ActionCase {
        let old = ["- \(link(start.rawValue))"] + (states.map { ["- GH-1 state \($0.0)"] } ?? [])
        let new =
            (completed ? ["+ GH-1 completed at 20"] : [])
            + (states.map { ["+ GH-1 history: updated state: \($0.0) → \($0.1)"] } ?? []) + ["+ \(link(end.rawValue))"]
            + (states.map { ["+ GH-1 state \($0.1)"] } ?? [])
        return pull(
            action,
            variant,
            settings: states == nil ? nil : automation,
            after: ActionScene.pull(start),
            result: states.map { "GH-1: state \($0.0) → \($0.1)" } ?? "GH-1: link updated",
            old + new,
            ActionScene.pull(end, at: 20)
        )
    }

    static let pulls: [ActionCase] =
        [
            pull(
                "opened",
                "without settings",
                after: nil,
                result: "GH-1: linked",
                ["+ GH-1 history: created link → \(url)", "+ \(link("open"))"]
            ),
            pull(
                "opened",
                "with settings",
                settings: automation,
                after: nil,
                result: "GH-1: state Backlog → In Progress",
                [
                    "- GH-1 state Backlog", "+ GH-1 history: created link → \(url)",
                    "+ GH-1 history: updated state: Backlog → In Progress", "+ \(link("open"))",
                    "+ GH-1 state In Progress",
                ]
            ),
            pull("edited", "title", result: "GH-1: link updated", retitled.difference, retitled.pull),
            pull(
                "edited",
                "no longer names the issue",
                settings: automation,
                result: "GH-1: link removed",
                [
                    "- \(link("open"))", "- GH-1 state In Progress", "+ GH-1 history: deleted link: \(url)",
                    "+ GH-1 history: updated state: In Progress → Backlog", "+ GH-1 state Backlog",
                ],
                silent
            ),
            move("closed", "merged without settings", from: .open, to: .merged, states: nil),
            move(
                "closed",
                "merged with settings",
                from: .open,
                to: .merged,
                states: ("In Progress", "Done"),
                completed: true
            ),
            move("closed", "unmerged without settings", from: .open, to: .closed, states: nil),
            move("closed", "unmerged with settings", from: .open, to: .closed, states: ("In Progress", "Backlog")),
            move("reopened", "without settings", from: .closed, to: .open, states: nil),
            move("reopened", "with settings", from: .closed, to: .open, states: ("Backlog", "In Progress")),
            move("converted_to_draft", "without settings", from: .open, to: .draft, states: nil),
            move("converted_to_draft", "with settings", from: .open, to: .draft, states: ("In Progress", "Todo")),
            move("ready_for_review", "without settings", from: .draft, to: .open, states: nil),
            move("ready_for_review", "with settings", from: .draft, to: .open, states: ("Todo", "In Progress")),
        ]
        + [
            "synchronize", "assigned", "unassigned", "labeled", "unlabeled", "milestoned", "demilestoned", "locked",
            "unlocked", "review_requested", "review_request_removed", "enqueued", "dequeued", "auto_merge_enabled",
            "auto_merge_disabled",
        ].flatMap { action in
            [
                pull(action),
                // Any may be the first that arrives.
                pull(
                    action,
                    "first seen",
                    after: nil,
                    result: "GH-1: linked",
                    ["+ GH-1 history: created link → \(url)", "+ \(link("open"))"]
                ),
            ]
        }

    private static let retitled = {
        var pull = ActionScene.pull(at: 20)
        pull.title = "A better change"
        return (pull: pull, difference: ["- \(link("open"))", "+ \(link("open", title: pull.title))"])
    }()

    private static let silent = {
        var pull = ActionScene.pull(at: 20)
        pull.body = "Fixes nothing"
        return pull
    }()
}
