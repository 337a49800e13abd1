import GitHub

/// What a delivery tells, in words that a user of Plane understands.
package enum EventWords {
    /// `octocat closed the issue`; `sender` is the GitHub login of whoever did it.
    package static func sentence(type: String, action: String?, sender: String?) -> String {
        let thing = type == "pull_request" ? "the pull request" : "the issue"
        switch action {
        case Payload.reading:
            return type == "issue_comment" ? "a comment was read from GitHub" : "\(thing) was read from GitHub"
        case Payload.vanished:
            return type == "issue_comment" ? "GitHub no longer had a comment" : "GitHub no longer had \(thing)"
        default:
            return "\(sender ?? "somebody") \(deed(type, action ?? "changed", thing))"
        }
    }

    private static func deed(_ type: String, _ action: String, _ thing: String) -> String {
        switch (type, action) {
        case ("issue_comment", "created"): "commented"
        case ("issue_comment", _): "\(action) a comment"
        case ("sub_issues", _): "changed its sub-issues (\(action.replacing("_", with: " ")))"
        case (_, "labeled"): "put a label on \(thing)"
        case (_, "unlabeled"): "took a label off \(thing)"
        case (_, "assigned"): "assigned \(thing)"
        case (_, "unassigned"): "took somebody off \(thing)"
        case (_, "milestoned"): "put \(thing) into a milestone"
        case (_, "demilestoned"): "took \(thing) out of its milestone"
        case (_, "typed"): "gave \(thing) a type"
        case (_, "untyped"): "took the type off \(thing)"
        case (_, "transferred"): "moved \(thing) to another repository"
        case (_, "synchronize"): "pushed to \(thing)"
        case (_, "ready_for_review"): "marked \(thing) as ready for review"
        case (_, "converted_to_draft"): "made \(thing) a draft"
        case (_, "closed") where type == "pull_request": "closed or merged \(thing)"
        default: "\(action.replacing("_", with: " ")) \(thing)"
        }
    }
}
