import JSON

/// What a delivery says was changed, beside the snapshot that shows the outcome.
///
/// Nothing is synced from it. It only helps to tell which of two snapshots from the same second is the later one, so
/// anything missing or malformed is left out and is never a reason to refuse a delivery.
package struct PayloadDelta: Sendable, Equatable {
    package struct Label: Sendable, Equatable {
        package let id: Int64?
        package let name: String
    }

    package var label: Label?
    package var assigneeID: Int64?
    /// The milestone's title.
    package var milestone: String?
    /// The name of the issue type.
    package var type: String?
    package var titleBefore: String?
    /// Empty where there was no text.
    package var bodyBefore: String?
    /// The branch that a pull request was to go into.
    package var baseBefore: String?

    package init() {}
}

extension PayloadDelta {
    /// Reads what the actions of issues, comments and pull requests name.
    init(of action: String, in body: JSONObject) {
        self.init()
        switch action {
        case "labeled", "unlabeled": label = (try? body.objectIfPresent("label")).flatMap(Label.init)
        case "assigned", "unassigned": assigneeID = try? body.objectIfPresent("assignee")?.positiveID("id")
        case "milestoned", "demilestoned": milestone = try? body.objectIfPresent("milestone")?.text("title")
        case "typed", "untyped": type = try? body.objectIfPresent("type")?.text("name")
        case "edited":
            let changes = try? body.objectIfPresent("changes")
            titleBefore = try? changes?.objectIfPresent("title")?.text("from")
            if let body = try? changes?.objectIfPresent("body") {
                bodyBefore = body.has("from") ? try? body.text("from") : ""
            }
            baseBefore = try? changes?.objectIfPresent("base")?.objectIfPresent("ref")?.text("from")
        default: break
        }
    }
}

extension PayloadDelta.Label {
    fileprivate init?(_ object: JSONObject) {
        guard let name = try? object.text("name") else { return nil }
        self.init(id: try? object.positiveID("id"), name: name)
    }
}
