import Foundation
import TestSupport

@testable import Base
@testable import Worker

extension ActionCase {
    /// An `issue_comment` delivery about the scene's comment with `change` made.
    private static func comment(
        _ action: String,
        _ variant: String? = nil,
        after before: [Delivery] = ActionScene.deliveries,
        result: String = "nothing to change",
        _ difference: [String] = [],
        change: (inout SampleComment) -> Void = { _ in }
    ) -> ActionCase {
        var comment = SampleComment(7)
        change(&comment)
        return ActionCase(
            .issueComment,
            action,
            variant,
            after: before,
            payload: ActionScene.issue.event(action, comment),
            result: result,
            difference
        )
    }

    private static let html = "\(ActionScene.author)<p>A comment</p>"

    static let comments: [ActionCase] = [
        comment(
            "created",
            "by nobody Plane knows",
            after: [ActionScene.deliveries[0]],
            result: "comment added",
            ["+ GH-1 comment by GitHub: \(html)", "+ GH-1 history: created comment → \(html)"]
        ),
        comment(
            "created",
            "by a member",
            after: [ActionScene.deliveries[0]],
            result: "comment added",
            [
                "+ GH-1 comment by octocat: <p>A comment</p>",
                "+ GH-1 history: created comment → <p>A comment</p>",
            ]
        ) { $0.author = .octocat },
        comment(
            "edited",
            result: "comment edited",
            [
                "- GH-1 comment by GitHub: \(html)",
                "+ GH-1 comment by GitHub edited at 20: \(ActionScene.author)<p>Better</p>",
                "+ GH-1 history: updated comment: \(html) → \(ActionScene.author)<p>Better</p>",
            ]
        ) {
            $0.body = "Better"
            $0.updatedAt = ActionScene.later
        },
        comment(
            "deleted",
            result: "comment deleted",
            ["- GH-1 comment by GitHub: \(html)", "+ GH-1 history: deleted comment"]
        ),
        comment("pinned"),
        comment("unpinned"),
    ]
}
