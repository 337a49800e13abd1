import Database

/// A table whose rows are work: one worker at a time claims a row under a lease, and completes it, tries it again later or
/// gives it up.
///
/// Claim, lease, fence, outcome and rescue are written once, over this description. Every such table has the columns
/// `status`, `run_at`, `retry_count`, `max_retries`, `crash_count`, `claim_token`, `claimed_by`, `claimed_at`,
/// `lease_until`, `error_message`, `result`, `created_at`, `updated_at` and `processed_at` of `github_webhook_events`, and
/// two partial indexes: on `run_at` and the key for pending rows, on the key for those that are being processed. For
/// these two conditions a table may have words of its own.
package struct QueueTable: Sendable {
    /// With its schema, quoted.
    let name: Query
    /// The primary key, a uuid: of two rows that became due at the same moment the smaller one goes first.
    let key: Query
    /// Columns that tell people which row it is, for log lines.
    private let labels: [Query]
    /// Columns that say what is to be done.
    private let content: [Query]
    /// The column whose size counts against a worker's memory; nil where rows are small.
    let payload: Query?
    /// Columns that are emptied when a row is finished.
    private let transient: [Query]
    /// Whether a row tells of its attempts, and is counted in the statistics when it is finished: it has the columns
    /// `replayed_at`, `attempts`, `finished_by` and `counted`.
    let keepsHistory: Bool
    /// The conditions, and assignments, of a row that waits and of one that somebody works on.
    let isPending: Query
    let isClaimed: Query

    package init(
        _ schema: String,
        _ name: String,
        key: String,
        labels: [Query] = [],
        content: [Query] = [],
        payload: Query? = nil,
        transient: [Query] = [],
        keepsHistory: Bool = false,
        isPending: Query = "status = 'pending'",
        isClaimed: Query = "status = 'processing'"
    ) {
        self.name = "\(identifier: schema, name)"
        self.key = "\(identifier: key)"
        self.labels = labels
        self.content = content
        self.payload = payload
        self.transient = transient
        self.keepsHistory = keepsHistory
        self.isPending = isPending
        self.isClaimed = isClaimed
    }

    /// Deliveries of GitHub.
    package static let events = QueueTable(
        "github_sync",
        "github_webhook_events",
        key: "id",
        labels: ["delivery_id", "event_type"],
        content: ["payload", limitedRepository],
        payload: "payload",
        // A finished event that is replayed is counted against its repository's rate limit once more.
        transient: ["turn_at"],
        keepsHistory: true
    )
}

/// Parts of the statements about every queue.
extension QueueTable {
    /// The columns that name a row.
    var identity: Query { (["\(key) as id"] + labels).joined(separator: ", ") }

    /// The columns of a row that is to be worked on.
    var item: Query {
        let age: Query = "extract(epoch from clock_timestamp() - \(waitsSince))::float8 as age"
        return ([identity, "retry_count, crash_count", age] + content).joined(separator: ", ")
    }

    /// When a row began to wait for its completion.
    var waitsSince: Query { keepsHistory ? "coalesce(replayed_at, created_at)" : "created_at" }

    /// Assignments, behind others, for a table that keeps a history only.
    private func history(_ assignments: Query) -> Query { keepsHistory ? assignments : "" }

    /// The assignment, behind others, that keeps an attempt which did not complete its row.
    func attempt(_ outcome: Query, _ error: Query) -> Query {
        history(", attempts = github_sync.with_attempt(attempts, claimed_by, claimed_at, \(outcome), \(error))")
    }

    /// The assignments that end a claim: nobody holds the row any more.
    private static let unclaimed: Query =
        "claim_token = null, claimed_by = null, lease_until = null, updated_at = now()"

    /// The assignments that put a row back into the queue; when it is due is said beside them.
    var pending: Query { "\(isPending), \(Self.unclaimed)" }

    /// The assignments that put a finished row into the queue anew, with all its retries.
    package var replayed: Query {
        """
        \(pending), run_at = now(), retry_count = 0, crash_count = 0, claimed_at = null,
            error_message = null, result = null, processed_at = null
            \(history(", replayed_at = now(), finished_by = null, counted = null"))
        """
    }

    var completed: Query { "status = 'completed', \(finished)\(history(", counted = true"))" }

    /// The statistics count it anew, also where GitHub delivered again what had failed before.
    var failed: Query { "status = 'failed', \(finished)\(history(", counted = null"))" }

    private var finished: Query {
        (["\(Self.unclaimed), processed_at = now()"] + transient.map { "\($0) = null" }
            + (keepsHistory ? ["finished_by = claimed_by"] : [])).joined(separator: ", ")
    }
}
