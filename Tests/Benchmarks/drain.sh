# Part `drain`: waiting events run through the complete sync. Sourced, not run.

measure_drain() {
    local round
    prepare_drain
    for ((round = 1; round <= rounds; round++)); do
        note "round $round of $rounds"
        drain_ours "$round" '1 slot' 1 1
        drain_limit
        drain_ours "$round" '2 slots' 2 1
        drain_ours "$round" '4 slots' 4 1
        drain_ours "$round" '2 processes, 2 slots each' 2 2
        record_drain_limits "$round"
    done
    count_statements
}

# From one drain of the worker learns which changes the limit has to make.
prepare_drain() {
    if [[ -n ${drain_is_prepared:-} ]]; then return; fi
    make_history
    note 'one drain, to see what the worker writes'
    sql --file=Tests/Benchmarks/sql/capture.sql
    fill_queue
    start_workers 1 1
    sql --command='call bench.await_drained(600)'
    stop_workers
    (($(completed_events) == events)) || die "only $(completed_events) of $events events were completed"
    sql --file=Tests/Benchmarks/sql/replay.sql
    batches=$(sql_value 'select count(*) from bench.batches')
    note "$batches transactions"
    drain_is_prepared=yes
}

fill_queue() {
    empty_tables
    sql --command='call bench.fill_queue()' --command='vacuum analyze github_sync.github_webhook_events' \
        --command='checkpoint'
}

completed_events() {
    sql_value "select count(*) from github_sync.github_webhook_events where status = 'completed'"
}

# Starts $2 processes with $1 slots each. Sets `workers`.
start_workers() {
    local number
    workers=()
    for ((number = 1; number <= $2; number++)); do
        DATABASE_URL=$(role_url bench_worker "$database") WORKER_CONCURRENCY=$1 LOG_LEVEL=warning \
            start_program "plane-worker-$number" "$programs/plane-worker" run
        workers+=("$(recorded_process "plane-worker-$number")")
    done
}

stop_workers() {
    local number
    for ((number = 1; number <= ${#workers[@]}; number++)); do
        stop_program "plane-worker-$number" 30 >/dev/null || die "plane-worker did not stop well"
    done
}

# Round $1 of case $2: $3 slots in each of $4 processes.
drain_ours() {
    fill_queue
    work_turn drain "$2" ours "$1" "$3" "$4" 'events/s'
    drained+=("$2=$(completed_events)")
}

# Part $1, case $2, side $3, round $4: $5 slots in each of $6 processes work; $7 names what they do a second.
work_turn() {
    local done_events
    begin_turn
    start_workers "$5" "$6"
    sql --command="call bench.await_drained($seconds)"
    own_before=0
    end_turn "${workers[@]}"
    stop_workers
    done_events=$(completed_events)
    ((done_events > 0)) || die "no event was completed within $seconds s"
    warn_of_failures
    record "${@:1:4}" "$7" "$(drain_rate)"
    record "${@:1:4}" 'CPU of plane-worker, µs each' "$(ticks_each "$turn_own" "$done_events")"
    record "${@:1:4}" 'CPU of PostgreSQL, µs each' "$(ticks_each "$turn_server" "$done_events")"
    record "${@:1:4}" 'WAL, bytes each' "$(calculate "$turn_wal / $done_events")"
}

# Work that was done twice is no part of the comparison.
warn_of_failures() {
    local failures
    failures=$(sql_value "select count(*) from github_sync.github_webhook_events
        where status = 'failed' or retry_count > 0 or crash_count > 0")
    ((failures == 0)) || warn "$failures events failed or were tried again"
}

# From the first claim to the last completion.
drain_rate() {
    sql_value "select count(*) / extract(epoch from max(processed_at) - min(claimed_at))
        from github_sync.github_webhook_events where status = 'completed'"
}

# One client makes the same changes. Several would have to keep the order in which rows depend on each other.
drain_limit() {
    fill_queue
    sql --command='alter sequence bench.batch restart'
    begin_turn
    run_pgbench --client=1 --transactions="$batches" --file=Tests/Benchmarks/sql/replay-batch.sql
    end_turn
    (($(completed_events) == events)) || die 'the limit did not do all that it had to do'
    limit_server=$turn_server limit_wal=$turn_wal
    sql --command='truncate bench.limit_times' --command="
        insert into bench.limit_times
        select row_number() over (order by processed_at), extract(epoch from processed_at - min(claimed_at) over ())
        from github_sync.github_webhook_events where status = 'completed'"
}

# The limit beside each of our cases: over as many events as we had done when the turn was over, because the beginning
# of a history, when everything is new, costs more than what follows.
record_drain_limits() {
    local pair
    for pair in "${drained[@]}"; do
        record drain "${pair%=*}" limit "$1" 'events/s' \
            "$(sql_value "select place / seconds from bench.limit_times where place = ${pair##*=}")"
        record drain "${pair%=*}" limit "$1" 'CPU of PostgreSQL, µs each' "$(ticks_each "$limit_server" "$events")"
        record drain "${pair%=*}" limit "$1" 'WAL, bytes each' "$(calculate "$limit_wal / $events")"
    done
    drained=()
}

# What the worker asks of the server, counted in a turn of its own: counting takes time. pg_stat_statements leaves out
# begin, commit and set. statements.txt says which statements took the time, and how often foreign keys were checked.
count_statements() {
    local done_events commits metrics_port round_trips done_then
    fill_queue
    track_statements all
    sql --command='select bench.pg_stat_statements_reset()' >/dev/null
    commits=$(commits_so_far)
    metrics_port=$(free_port)
    WORKER_METRICS_LISTEN=127.0.0.1:$metrics_port start_workers 1 1
    # Nobody else commits meanwhile.
    sleep "$seconds"
    round_trips=$(curl --silent --fail --max-time 5 "http://127.0.0.1:$metrics_port/metrics" \
        | awk '$1 == "plane_worker_database_round_trips_total" { print $2 }')
    done_then=$(completed_events)
    stop_workers
    commits=$(($(commits_so_far) - commits))
    done_events=$(completed_events)
    record drain '1 slot' ours 1 'statements each' "$(sql_value "select sum(calls)::float8 / $done_events
        from bench.pg_stat_statements where toplevel and userid = 'bench_worker'::regrole")"
    record drain '1 slot' ours 1 'round trips each' "$(calculate "$round_trips / $done_then")"
    record drain '1 slot' ours 1 'commits each' "$(calculate "$commits / $done_events")"
    sql --set=events="$done_events" --file=Tests/Benchmarks/sql/statements.sql >"$out/statements.txt"
    track_statements none
}

commits_so_far() {
    sql_value "select xact_commit from pg_stat_database where datname = 'plane'"
}

# Returns when new connections have the setting.
track_statements() {
    sql --command="alter system set pg_stat_statements.track = '$1'" --command='select pg_reload_conf()' >/dev/null
    await 10 statements_are_tracked "$1"
}

# shellcheck disable=SC2317 # `await` calls it
statements_are_tracked() {
    [[ $(sql_value 'show pg_stat_statements.track') == "$1" ]]
}
