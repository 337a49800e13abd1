# Part `rest`: the way of one delivery through both programs. Sourced, not run.

measure_rest() {
    local round
    prepare_bodies
    start_ingest
    start_workers 4 1
    for ((round = 1; round <= rounds; round++)); do
        note "round $round of $rounds"
        pass_through "$round" 1 1
        pass_through "$round" 200 16
    done
    stop_workers
    stop_program plane-ingest 15 >/dev/null
}

# Round $1: $2 deliveries a second over $3 connections.
pass_through() {
    local subject="$2 a second" share
    empty_tables
    send_steadily "$2" "$3" WATCH_DATABASE_URL="$(cluster_url "$database")"
    (($(sent refused) == 0 && $(sent incomplete) == 0)) ||
        warn "$(sent refused) deliveries were refused and $(sent incomplete) not completed at $subject"
    record rest "$subject" ours "$1" 'answered, p50, ms' "$(sent p50)"
    record rest "$subject" ours "$1" 'answered, p99, ms' "$(sent p99)"
    record rest "$subject" ours "$1" 'seen completed, p50, ms' "$(sent completed_p50)"
    record rest "$subject" ours "$1" 'seen completed, p99, ms' "$(sent completed_p99)"
    for share in 0.50 0.99; do
        record rest "$subject" ours "$1" "processed_at - created_at, p${share#0.}, ms" "$(sql_value "
            select 1000 * percentile_cont($share) within group (order by extract(epoch from processed_at - created_at))
            from github_sync.github_webhook_events")"
    done
}
