import GitHub

/// The issues named so far, one entry per issue, in order of first appearance.
struct MentionList {
    private static let limit = 100

    /// Where a bare `#12` belongs, in lower case.
    let repository: String
    /// Where issues are: addresses of other servers name none.
    let server: GitHubServer
    private var order: [IssueMention.Target] = []
    private var closes: [IssueMention.Target: Bool] = [:]

    init(repository: GitHubRepository) {
        self.repository = repository.fullName.lowercased()
        server = repository.server
    }

    var all: [IssueMention] {
        order.map { IssueMention(target: $0, closes: closes[$0] ?? false) }
    }

    /// Adds a mention; beyond the limit only those of issues already known count.
    mutating func add(_ target: IssueMention.Target, closes isClosing: Bool) {
        if let known = closes[target] {
            closes[target] = known || isClosing
        } else if order.count < Self.limit {
            order.append(target)
            closes[target] = isClosing
        }
    }
}
