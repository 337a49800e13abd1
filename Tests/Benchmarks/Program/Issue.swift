/// An issue as GitHub shows it at one moment.
struct Issue {
    let number: Int64
    private(set) var action = ""
    /// What the action changed, as GitHub puts it beside the issue: a member of the delivery, or nothing.
    private(set) var changed = ""
    private(set) var title = ""
    private(set) var text = ""
    private(set) var isClosed = false
    private(set) var labels: [Int] = []
    private(set) var isAssigned = false
    private(set) var createdAt = ""
    var updatedAt = ""
    private(set) var closedAt: String?
    var comments = 0
    var newestComment: Comment?

    init(number: Int64) { self.number = number }

    var isOpened: Bool { !action.isEmpty }

    mutating func open(at time: String, using random: inout SplitMix64) {
        action = "opened"
        title = Prose.title(using: &random)
        text = Prose.text(800...2800, using: &random)
        labels = [Int.random(in: 0..<Self.labelCount, using: &random)]
        createdAt = time
        updatedAt = time
    }

    mutating func change(at time: String, using random: inout SplitMix64) {
        updatedAt = time
        changed = ""
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<2:
            action = "edited"
            changed = GitHubJSON.changes(of: "body", from: text)
            text = Prose.text(800...2800, using: &random)
        case 2:
            action = "edited"
            changed = GitHubJSON.changes(of: "title", from: title)
            title = Prose.title(using: &random)
        case 3..<6:
            let label = Int.random(in: 0..<Self.labelCount, using: &random)
            action = labels.contains(label) ? "unlabeled" : "labeled"
            changed = "\"label\":\(GitHubJSON.labels[label]),"
            labels = labels.contains(label) ? labels.filter { $0 != label } : labels + [label]
        case 6 where !isAssigned:
            action = "assigned"
            isAssigned = true
        default:
            isClosed.toggle()
            action = isClosed ? "closed" : "reopened"
            closedAt = isClosed ? time : nil
        }
    }

    /// What a write of the API asks for.
    struct Edit: Decodable {
        let title: String?
        let state: String?
    }

    /// Changes the issue as a write of the API does; a title has nothing to escape.
    mutating func edit(_ edit: Edit, at time: String) {
        if let title = edit.title { self.title = title }
        if let state = edit.state {
            isClosed = state == "closed"
            closedAt = isClosed ? time : nil
        }
        updatedAt = max(updatedAt, time)
    }

    /// How many labels the repository has.
    static let labelCount = 12
}
