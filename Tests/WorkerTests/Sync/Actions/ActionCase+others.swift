import Foundation
import TestSupport

@testable import Base
@testable import Worker

extension ActionCase {
    static let labels: [ActionCase] = [
        label("created", result: "noted for issues to come", [], SampleLabel(2, "ui")),
        label(
            "edited",
            "name",
            result: "label bug → defect",
            ["- GH-1 label bug", "- label bug #d73a4a", "+ GH-1 label defect", "+ label defect #d73a4a"],
            SampleLabel(1, "defect")
        ),
        label(
            "edited",
            "colour",
            result: "label bug: colour #d73a4a → #00ff00",
            ["- label bug #d73a4a", "+ label bug #00ff00"],
            SampleLabel(1, "bug", color: "00ff00")
        ),
        label(
            "edited",
            "description",
            result: "label bug: description changed",
            ["- label bug #d73a4a", "+ label bug #d73a4a It is broken"],
            SampleLabel(1, "bug", description: "It is broken")
        ),
        label("deleted", result: "label bug deleted", ["- GH-1 label bug", "- label bug #d73a4a"], ActionScene.bug),
    ]

    static let repositories: [ActionCase] =
        [
            repository(
                "renamed",
                to: "acme/comet",
                result: "the repository is acme/comet",
                [
                    "- repository acme/rocket https://github.com/acme/rocket",
                    "+ repository acme/comet https://github.com/acme/comet",
                ]
            ),
            repository(
                "transferred",
                to: "globex/rocket",
                result: "the repository is globex/rocket",
                [
                    "- repository acme/rocket https://github.com/acme/rocket",
                    "+ repository globex/rocket https://github.com/globex/rocket",
                ]
            ),
        ]
        + [
            ("deleted", "what was synced stays; disconnect ends the connection"), ("archived", "what was synced stays"),
            ("unarchived", "what was synced stays"), ("created", "nothing to sync yet"),
            ("edited", "descriptions and branches are not synced"), ("publicized", "visibility is not synced"),
            ("privatized", "visibility is not synced"),
        ].map { repository($0, to: "acme/rocket", result: ignored($1)) }

    static let milestones: [ActionCase] = ["created", "opened", "closed", "edited", "deleted"].map {
        other(
            .milestone,
            $0,
            #""milestone":{"id":8,"number":1,"title":"First flight"}"#,
            result: ignored("a milestone is only named in the results of its issues")
        )
    }

    static let subIssues: [ActionCase] = [
        "sub_issue_added", "sub_issue_removed", "parent_issue_added", "parent_issue_removed",
    ].map {
        other(
            .subIssues,
            $0,
            #""sub_issue":{"id":1},"parent_issue":{"id":2}"#,
            result: ignored("parents are set in Plane")
        )
    }

    private static func label(
        _ action: String,
        _ variant: String? = nil,
        result: String,
        _ difference: [String],
        _ label: SampleLabel
    ) -> ActionCase {
        ActionCase(
            .label,
            action,
            variant,
            after: ActionScene.deliveries,
            payload: label.event(action),
            result: result,
            difference
        )
    }

    private static func repository(
        _ action: String,
        to name: String,
        result: String,
        _ difference: [String] = []
    ) -> ActionCase {
        var repository = SampleRepository.rocket
        repository.fullName = name
        return ActionCase(
            .repository,
            action,
            after: ActionScene.deliveries,
            payload: repository.event(action, updatedAt: ActionScene.later),
            result: result,
            difference
        )
    }

    private static func other(_ event: EventType, _ action: String, _ subject: String, result: String) -> ActionCase {
        let repository = SampleRepository.rocket
        let body = """
            {"action":"\(action)",\(subject),\
            "repository":{"id":\(repository.id),"full_name":"\(repository.fullName)"}}
            """
        return ActionCase(
            event,
            action,
            after: ActionScene.deliveries,
            payload: Array(body.utf8),
            result: result,
            []
        )
    }

    private static func ignored(_ reason: String) -> String {
        #"{"reason": "\#(reason)", "outcome": "ignored", "projects": []}"#
    }
}

extension SampleLabel {
    fileprivate init(_ id: Int64, _ name: String, color: String = "d73a4a", description: String? = nil) {
        self.init(id, name)
        self.color = color
        self.description = description
    }
}
