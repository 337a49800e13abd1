# Part `growth`: the cost of a delivery with 20,000 rows in the tables, and with ten and a hundred times as many.
# Sourced, not run.
#
# Each size has its own database, and the sizes take turns. The table shows the smallest as the limit. There is one
# checkpoint, before the first turn. After a checkpoint, each page that is changed for the first time is written to the
# WAL as a whole, and large tables have more of these pages. The table shows how many there were.

measure_growth() {
    local rows round sizes=()
    for ((rows = 20000; rows <= growth_rows; rows *= 10)); do sizes+=("$rows"); done
    ((${#sizes[@]} > 1)) || die '--growth-rows leaves nothing to compare: give 200000 or more'
    prepare_bodies
    make_history
    empty_tables
    sql --file=Tests/Benchmarks/sql/issues.sql --file=Tests/Benchmarks/sql/growth.sql
    for rows in "${sizes[@]}"; do
        note "filling tables with $rows events and what came of them"
        make_grown "plane_$rows" "call bench.grow($rows)"
    done
    sql --command='checkpoint'
    for ((round = 1; round <= rounds; round++)); do
        note "round $round of $rounds"
        for rows in "${sizes[@]}"; do
            grown_ingest "$round" "$rows"
            grown_drain "$round" "$rows"
        done
    done
    drop_grown "${sizes[@]/#/plane_}"
}

# Makes a database $1 that is like the first one, and fills it by command $2.
make_grown() {
    use_database "$(cluster_url postgres)"
    sql --command="create database $1 template plane"
    use_database "$(cluster_url "$1")"
    sql --command="$2" --command='vacuum analyze'
}

drop_grown() {
    local name
    database=plane
    use_database "$(cluster_url postgres)"
    for name in "$@"; do sql --command="drop database $name"; done
    use_database "$(cluster_url plane)"
}

# Writes a figure of size $3 down: beside the others, and the smallest as what all are compared with.
record_grown() {
    local size
    if (($3 == 20000)); then
        for size in "${sizes[@]}"; do
            if ((size > 20000)); then record growth "$1, $size rows" limit "$2" "$4" "$5"; fi
        done
    else
        record growth "$1, $3 rows" ours "$2" "$4" "$5"
    fi
}

grown_ingest() {
    local stored
    database=plane_$2
    use_database "$(cluster_url "$database")"
    start_ingest
    stored=$(stored_rows)
    begin_turn "$ingest_process"
    run_wrk "$(((seconds + 2) / 3))"
    end_turn "$ingest_process"
    stored=$(($(stored_rows) - stored))
    record_grown in "$1" "$2" 'CPU of PostgreSQL, µs each' "$(ticks_each "$turn_server" "$stored")"
    record_grown in "$1" "$2" 'CPU of plane-ingest, µs each' "$(ticks_each "$turn_own" "$stored")"
    record_grown in "$1" "$2" 'WAL, bytes each' "$(calculate "$turn_wal / $stored")"
    record_grown in "$1" "$2" 'full-page images each' "$(calculate "$turn_images / $stored")"
    stop_program plane-ingest 15 >/dev/null
    sql --command="delete from github_sync.github_webhook_events where status = 'pending'" \
        --command='vacuum analyze github_sync.github_webhook_events'
}

# Each round goes on in the history where the last one stopped.
grown_drain() {
    local slice=$((events / rounds)) completed
    slice=$((slice > 4000 ? 4000 : slice))
    sql --command="call bench.fill_queue($((slice * ($1 - 1))), $slice)"
    completed=$(completed_events)
    begin_turn
    start_workers 2 1
    sql --command='call bench.await_drained(120)'
    own_before=0
    end_turn "${workers[@]}"
    stop_workers
    completed=$(($(completed_events) - completed))
    ((completed == slice)) || die "only $completed of $slice events were completed"
    record_grown through "$1" "$2" 'CPU of PostgreSQL, µs each' "$(ticks_each "$turn_server" "$slice")"
    record_grown through "$1" "$2" 'CPU of plane-worker, µs each' "$(ticks_each "$turn_own" "$slice")"
    record_grown through "$1" "$2" 'WAL, bytes each' "$(calculate "$turn_wal / $slice")"
    record_grown through "$1" "$2" 'full-page images each' "$(calculate "$turn_images / $slice")"
}
