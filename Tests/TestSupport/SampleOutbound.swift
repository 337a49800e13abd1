import Database
import Foundation

/// An issue that was changed in Plane, as it stands in the queue to GitHub.
package struct SampleOutbound: Sendable {
    package enum Standing: String, Sendable, CaseIterable { case waiting, sending, sent, parked, wantsApproval }

    package let standing: Standing
    /// Seconds since its first change that is not sent yet.
    package let age: Double
    package var error: String?

    package init(_ standing: Standing, age: Double = 0) {
        self.standing = standing
        self.age = age
        error = standing == .parked ? "GitHub refuses it" : nil
    }

    private var status: String {
        switch standing {
        case .waiting: "pending"
        case .sending: "processing"
        case .sent: "completed"
        case .parked, .wantsApproval: "failed"
        }
    }

    fileprivate func insertion(in connection: UUID) -> Query {
        let isSending = standing == .sending
        return """
            insert into github_sync.github_outbound (
                repository_sync_id, kind, plane_id, status, created_at, error_message, approval, claim_token,
                claimed_by, lease_until
            )
            values (
                \(connection), 'issue', gen_random_uuid(), \(status)::github_sync.event_status,
                now() - make_interval(secs => \(age)), \(error),
                case when \(standing == .wantsApproval) then 'wanted' end,
                case when \(isSending) then gen_random_uuid() end, case when \(isSending) then 'w1' end,
                case when \(isSending) then now() + interval '1 minute' end
            )
            """
    }
}

extension Connection {
    package func insert(_ objects: [SampleOutbound], in connection: ConnectedRepository) throws {
        for object in objects { try execute(object.insertion(in: connection.syncID)) }
    }

    /// Somebody asked so many seconds ago for this to go out.
    package func askForOutbound(
        in connection: ConnectedRepository,
        issues: String = "linked",
        comments: String = "off",
        age: Double = 0
    ) throws {
        try execute(
            """
            insert into github_sync.github_sync_settings (repository_sync_id, settings, changed_by, changed_at)
            values (
                \(connection.syncID),
                jsonb_build_object(
                    'outbound', jsonb_build_object('issues', \(issues)::text, 'comments', \(comments)::text)
                ),
                'test', now() - make_interval(secs => \(age))
            )
            on conflict (repository_sync_id) do update
            set settings = excluded.settings, changed_at = excluded.changed_at
            """
        )
    }

    /// A worker looked so many seconds ago for what was changed in Plane.
    package func noteLook(age: Double, duration: Double = 0.5) throws {
        try execute(
            """
            insert into github_sync.github_outbound_looks (looked_at, duration_seconds)
            values (now() - make_interval(secs => \(age)), \(duration))
            on conflict (id) do update
            set looked_at = excluded.looked_at, duration_seconds = excluded.duration_seconds
            """
        )
    }

    /// Something was sent, each so many seconds ago.
    package func logOutbound(in connection: ConnectedRepository, ages: [Double]) throws {
        try execute(
            """
            insert into github_sync.github_outbound_log (repository_sync_id, kind, plane_id, sent, sent_at)
            select \(connection.syncID), 'issue', gen_random_uuid(), array['title'], now() - make_interval(secs => age)
            from jsonb_array_elements_text(\("\(ages)")::jsonb) as given (text)
            cross join lateral (select text::float8 as age) as aged
            """
        )
    }
}
