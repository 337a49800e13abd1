# Part `claim`: the time that the server takes for one claim of the real worker, read from the server's log. Sourced,
# not run.
#
# The worker claims one event at a time (WORKER_BATCH=1). For each case, the same is measured in a database whose queue
# holds about a hundred events and nothing else; the table shows that as the limit. The time includes binding the
# statement, but not the round trip.

measure_claim() {
    sql --file=Tests/Benchmarks/sql/claim.sql
    empty_tables
    use_database "$(cluster_url postgres)"
    sql --command='create database plane_empty template plane' \
        --command='alter role bench_worker set log_min_duration_statement = 0' \
        --command='alter role bench_worker set log_parameter_max_length = 0'
    claim_case "$claim_rows pending" plane
    claim_case "$claim_rows completed" plane
    claim_case '200000 dead, snapshot held' plane
    use_database "$(cluster_url postgres)"
    sql --command='drop database plane_empty' --command='alter role bench_worker reset all'
    use_database "$(cluster_url plane)"
}

claim_case() {
    local round is_held='' feed=yes
    use_database "$(cluster_url plane)"
    note "$1"
    empty_tables
    case $1 in
        *pending) sql --command="select bench.add_events($claim_rows, 'pending')" >/dev/null && feed='' ;;
        *completed) sql --command="select bench.add_events($claim_rows, 'completed')" >/dev/null ;;
        *dead*)
            sql --command="select bench.add_events(200000, 'pending')" >/dev/null
            sql --command='vacuum analyze github_sync.github_webhook_events'
            hold_snapshot
            is_held=yes
            sql --command="update github_sync.github_webhook_events set status = 'completed', processed_at = now()"
            ;;
    esac
    if [[ -z $is_held ]]; then sql --command='vacuum analyze github_sync.github_webhook_events'; fi
    sql --command='checkpoint'
    for ((round = 1; round <= rounds; round++)); do
        database=plane_empty claim_turn "$round" "$1" limit yes
        database=plane claim_turn "$round" "$1" ours "$feed"
    done
    if [[ -n $is_held ]]; then release_snapshot; fi
}

# Keeps what this moment saw for as long as the session lives.
hold_snapshot() {
    sql >/dev/null 2>&1 <<<'begin isolation level repeatable read; select; select pg_sleep(3600);' 9>&- &
    await 10 snapshot_is_held || die 'the snapshot is not held'
}

# A session that sleeps would not notice that its client is gone.
release_snapshot() {
    sql --command="select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(3600);'" \
        >/dev/null
    wait -n || true
}

# shellcheck disable=SC2317 # `await` calls it
snapshot_is_held() {
    [[ $(sql_value "select exists (select from pg_stat_activity where query = 'select pg_sleep(3600);'
        and backend_xmin is not null)") == t ]]
}

# Round $1 of case $2 on side $3; $4: whether events have to come.
claim_turn() {
    local start share
    use_database "$(cluster_url "$database")"
    start=$(as_server stat --format=%s "$cluster/server.log")
    WORKER_BATCH=1 start_workers 1 1
    if [[ -n $4 ]]; then
        sql --command="call bench.feed($seconds / 3.0)"
    else
        sleep "$(calculate "$seconds / 3")"
    fi
    stop_workers
    as_server tail --bytes="+$((start + 1))" "$cluster/server.log" | claim_times | sort -g >"$state/run/claims"
    (($(wc -l <"$state/run/claims") >= 20)) || die "only $(wc -l <"$state/run/claims") claims were made"
    for share in 0.50 0.99; do
        record claim "$2" "$3" "$1" "p${share#0.} of one claim, ms" \
            "$(awk -v share="$share" '{ v[NR] = $1 } END { print v[int(NR * share + 0.999999)] }' "$state/run/claims")"
    done
}

# Of the server's log, the milliseconds that each claim took to bind and to run.
claim_times() {
    awk '
        function flush() {
            if (text ~ /set status = .processing./ && text ~ /skip locked/ \
                && match(text, /duration: [0-9.]+ ms +[a-z]+/)) {
                split(substr(text, RSTART, RLENGTH), word, / +/)
                if (word[4] == "bind") bound[process] = word[2]
                if (word[4] == "execute") { print bound[process] + word[2]; bound[process] = 0 }
            }
            text = ""
        }
        /^[0-9]+-[0-9]+-[0-9]+ / { flush(); process = $4 }
        { text = text "\n" $0 }
        END { flush() }'
}
