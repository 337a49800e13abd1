/// What a delivery says was changed, as GitHub puts it beside the snapshot.
package enum SampleDelta: Sendable, Equatable {
    case label(SampleLabel)
    case assignee(SampleUser)
    case milestone(String)
    /// The texts before an edit, and the branch a pull request was to go into; nil for what was not edited.
    case from(title: String? = nil, body: String? = nil, base: String? = nil)

    var fields: [String: Any] {
        switch self {
        case .label(let label): return ["label": label.json]
        case .assignee(let user): return ["assignee": Optional(user).json]
        case .milestone(let title): return ["milestone": ["title": title]]
        case .from(let title, let body, let base):
            var changes: [String: Any] = [:]
            if let title { changes["title"] = ["from": title] }
            if let body { changes["body"] = ["from": body] }
            if let base { changes["base"] = ["ref": ["from": base], "sha": ["from": "0123"]] }
            return ["changes": changes]
        }
    }
}

extension SampleDelta? {
    /// The body of a delivery with what it says was changed.
    func added(to body: [String: Any]) -> [String: Any] { body.merging(self?.fields ?? [:]) { $1 } }
}
