import Base

/// Where a job goes on, whoever works on it next.
///
/// Lists are read by time, the longest unchanged first: what changes while they are read moves to their end and is met
/// there. So the time of the last object that was seen is all that has to be kept, and it never goes stale.
struct JobPosition: Sendable, Equatable, Codable {
    /// The lists of a repository, in the order in which they are read: comments need their issues.
    enum List: String, Sendable, Codable, CaseIterable {
        case labels, issues, pulls, comments
        /// The issues again, for a comparison with what was synced.
        case comparison
    }

    var list = List.labels
    /// The `updated_at` of the last issue and the last comment that were read; nil at the beginning.
    var issuesSince: Timestamp?
    var commentsSince: Timestamp?
    /// How many comments those issues have that changed last, as sweeps were shown, by number.
    var commentCounts: [Int64: CommentCount] = [:]
    /// The page of pull requests to read next.
    var pullPage = 1
    /// In the comparison, the page to read next and the last number that was compared.
    var comparedPath: String?
    var comparedNumber: Int64 = 0
    /// What differs, in words; the first thousand.
    var differences: [String] = []
    /// For lists that a sweep asks for again, the version that it has.
    var etags: [String: String] = [:]
    /// Where a recovery goes on; nil at its beginning and for the other kinds.
    var recovery: RecoveryPosition?

    /// How many comments an issue has on GitHub.
    struct CommentCount: Sendable, Equatable, Codable {
        var comments: Int64
        /// When the issue changed last.
        let updatedAt: Timestamp
    }

    private enum CodingKeys: String, CodingKey {
        case list, issuesSince, commentsSince, pullPage, comparedPath, comparedNumber, differences, etags, recovery
        // Not the name of a field that held numbers only.
        case commentCounts = "countedComments"
    }

    /// Whether GitHub has shown an issue or a comment.
    var hasBegun: Bool { issuesSince != nil || commentsSince != nil || comparedNumber > 0 }

    init() {}

    /// Every field may be missing, so that a new job has an empty object.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        list = try values.decodeIfPresent(List.self, forKey: .list) ?? list
        issuesSince = try values.decodeIfPresent(Timestamp.self, forKey: .issuesSince)
        commentsSince = try values.decodeIfPresent(Timestamp.self, forKey: .commentsSince)
        commentCounts = try values.decodeIfPresent([Int64: CommentCount].self, forKey: .commentCounts) ?? commentCounts
        pullPage = try values.decodeIfPresent(Int.self, forKey: .pullPage) ?? pullPage
        comparedPath = try values.decodeIfPresent(String.self, forKey: .comparedPath)
        comparedNumber = try values.decodeIfPresent(Int64.self, forKey: .comparedNumber) ?? comparedNumber
        differences = try values.decodeIfPresent([String].self, forKey: .differences) ?? differences
        etags = try values.decodeIfPresent([String: String].self, forKey: .etags) ?? etags
        recovery = try values.decodeIfPresent(RecoveryPosition.self, forKey: .recovery)
    }
}
