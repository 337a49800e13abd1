# The end of the upgrade check: empties the queue, stops the programs and checks the outcome. Sourced, not run.

end_of_queue() {
    local name
    await 60 samples_are_sent || die 'not all samples were sent'
    end_stream
    await 60 queue_is_empty || die "$(waiting) events are not done within 60 s"
    report 'the stream is over, the queue is empty'
    [[ $(sql_value "select count(*) from github_sync.github_fleet where state = 'running'") == 2 &&
        $(sql_value "select count(*) from github_sync.github_ingest_fleet where state = 'running'") == 2 &&
        $(sql_value "select count(*) from github_sync.github_fleet where state = 'lost'") == 0 ]] ||
        die 'the views of the fleet do not show two running workers and nodes, and the others stopped'
    for name in "${nodes[@]}" "${workers[@]}"; do stop "$name"; done
}

check_outcome() {
    local samples errors
    samples=$(cat -- "$state"/answers/* | awk -F '\t' '$3 == "sample" { print $2 }' | paste -s -d ,)
    # Each by itself: in one substitution only the last could end the check.
    unmet --file=Tests/lib/upgrade-unmet.sql < <(cat -- "$state"/answers/*)
    unmet --set=deliveries="{$samples}" --file=deploy/samples/unmet.sql
    unmet --file=sql/plane/rules.sql
    errors=$(awk '/"level":"error"/ { print FILENAME ": " $0 }' "$state"/log/*-{ingest,worker}-*.log)
    [[ -z $errors ]] || die 'programs logged errors:' "${errors:0:3000}"
    note "$(delivered) deliveries, all answered 202; $(sql_value "select count(*)
        from github_sync.github_webhook_events") events, all completed at the first attempt"
    note "$(sql_value "select (select count(*) || ' issues and ' from public.issues where deleted_at is null)
        || (select count(*) || ' comments' from public.issue_comments where deleted_at is null)") in Plane, each once"
    read_views
}

# Runs a query of what is not as it should be, which has to have no rows.
unmet() {
    local rows
    rows=$(sql --tuples-only --no-align "$@")
    [[ -z $rows ]] || die 'not as it should be:' "${rows:0:3000}"
}

# As the role of a monitor.
read_views() (
    use_database "$(role_url upgrade_monitor plane)"
    mapfile -t views < <(sql_value "select relname from pg_class
        where relnamespace = 'github_sync'::regnamespace and relkind = 'v' order by 1")
    ((${#views[@]})) || die 'there are no views'
    for view in "${views[@]}"; do sql --command="select * from github_sync.$view" >/dev/null; done
    note "a monitor role reads all ${#views[@]} views"
)
