import Database

extension Connection {
    /// Lets so many seconds pass for what waits for GitHub: all times that decide when it is due move into the past.
    ///
    /// Tests of hours take seconds so. Leases stay as they are, because who holds one works in real time.
    func letPass(_ seconds: Double) throws {
        let time: Query = "make_interval(secs => \(seconds))"
        let statements: [Query] = [
            """
            update github_sync.github_issue_versions
            set intended_at = intended_at - \(time), replaced_at = replaced_at - \(time),
                replaced = (
                    select jsonb_object_agg(key, value || jsonb_build_object(
                        'at', cast(value ->> 'at' as timestamptz) - \(time)
                    ))
                    from jsonb_each(replaced)
                )
            where intended_at is not null or replaced_at is not null
            """,
            """
            update public.issue_activities as a set created_at = a.created_at - \(time)
            from github_sync.github_issue_versions as v
            where v.issue_id = a.issue_id and v.replaced is not null
            """,
            """
            update github_sync.github_comment_versions set intended_at = intended_at - \(time)
            where intended_at is not null
            """,
            """
            update github_sync.github_outbound
            set run_at = run_at - \(time), created_at = created_at - \(time), changed_at = changed_at - \(time),
                claimed_at = claimed_at - \(time), writes_since = writes_since - \(time),
                creation = case when creation is not null then jsonb_set(
                    creation, '{sentAt}', to_jsonb((creation ->> 'sentAt')::float8 - \(seconds))
                ) end
            """,
            """
            update github_sync.github_principals
            set blocked_until = blocked_until - \(time), next_write_at = next_write_at - \(time),
                recent_writes = array(select at - \(time) from unnest(recent_writes) as w (at) order by at)
            """,
        ]
        for statement in statements { try change(statement) }
    }

    /// Has each write to GitHub be long ago for the fleet's budget as soon as it is allowed.
    ///
    /// The budget allows one a second and 500 an hour, and hundreds are made in a test of something else: as if an hour
    /// passed between any two.
    func letHoursPassBetweenWrites() throws {
        try change(
            """
            create function github_sync.forget_writes() returns trigger language plpgsql as $$
            begin
                new.next_write_at := null;
                new.recent_writes := '{}';
                return new;
            end
            $$
            """,
            """
            create trigger forget_writes before update on github_sync.github_principals
            for each row execute function github_sync.forget_writes()
            """
        )
    }

    /// Objects that were given up, or that used up a try and are not done: what no outage may bring about.
    ///
    /// Of what is done, tries may have been spent on waiting for what comes from GitHub, which is no fault.
    func blamedObjects() throws -> [String] {
        try values(
            """
            select kind || ' ' || status || ', ' || retry_count || ' retries: ' || coalesce(error_message, '') as value
            from github_sync.github_outbound where status = 'failed' or retry_count > 0 and status <> 'completed'
            """
        )
    }
}
