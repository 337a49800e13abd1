# Part `ingest`: signed deliveries are stored over HTTP. Sourced, not run.

measure_ingest() {
    local round
    prepare_bodies
    start_ingest
    for ((round = 1; round <= rounds; round++)); do
        note "round $round of $rounds"
        ingest_ours "$round"
        ingest_limit "$round"
        ingest_delay "$round"
    done
    record ingest '64 connections' ours 1 'peak RSS, MB' "$(peak_memory "$ingest_process")"
    stop_program plane-ingest 15 >/dev/null
}

# The bodies that wrk sends are those that pgbench inserts.
prepare_bodies() {
    bodies=256
    if [[ -e $state/bodies.lua ]]; then return; fi
    "$programs/Benchmark" bodies "$bodies" "$state/secret" >"$state/bodies.lua"
    load_events $((bodies * 3)) 256
    sql --set=bodies="$bodies" --file=Tests/Benchmarks/sql/bodies.sql
    repository_sync=$(sql_value 'select id from public.github_repository_syncs')
    note "bodies of $(sql_value "select min(octet_length(payload)) || '–' || max(octet_length(payload)) || ' bytes, '
        || round(avg(octet_length(payload))) || ' on average' from bench.bodies")"
}

start_ingest() {
    ingest_port=$(free_port)
    DATABASE_URL=$(role_url bench_ingest "$database") INGEST_LISTEN=127.0.0.1:$ingest_port \
        start_program plane-ingest "$programs/plane-ingest"
    await 30 ingest_is_ready || die 'plane-ingest did not come up'
    ingest_process=$(recorded_process plane-ingest)
}

# shellcheck disable=SC2317 # `await` calls it
ingest_is_ready() {
    curl --silent --fail --max-time 2 --output /dev/null "http://127.0.0.1:$ingest_port/readyz"
}

stored_rows() {
    sql_value 'select count(*) from github_sync.github_webhook_events'
}

ingest_ours() {
    local stored
    empty_tables
    begin_turn "$ingest_process"
    run_wrk "$seconds"
    end_turn "$ingest_process"
    read_wrk
    stored=$(stored_rows)
    # Those still under way when wrk ends were stored as well, but not answered.
    ((stored >= wrk_stored)) || die "wrk had $wrk_stored deliveries accepted, but $stored rows are there"
    record ingest '64 connections' ours "$1" 'deliveries/s' "$wrk_rate"
    record ingest '64 connections' ours "$1" 'CPU of PostgreSQL, µs each' "$(ticks_each "$turn_server" "$stored")"
    record ingest '64 connections' ours "$1" 'CPU of plane-ingest, µs each' "$(ticks_each "$turn_own" "$stored")"
    record ingest '64 connections' ours "$1" 'WAL, bytes each' "$(calculate "$turn_wal / $stored")"
    record ingest '64 connections' ours "$1" 'p50, ms' "$wrk_p50"
    record ingest '64 connections' ours "$1" 'p99, ms' "$wrk_p99"
}

# Delivers for $1 seconds as fast as the answers come.
run_wrk() {
    run_interruptibly env BENCH_BODIES="$state/bodies.lua" wrk --threads 2 --connections 64 --duration "${1}s" \
        --latency --script Tests/Benchmarks/deliveries.lua "http://127.0.0.1:$ingest_port" >"$state/log/wrk.log" 2>&1
}

# What the last wrk saw: deliveries accepted, and those a second; delays in ms.
read_wrk() {
    local figures figure duration_us requests refused broken p50_us p99_us
    figures=$(grep '^wrk ' "$state/log/wrk.log") || die 'wrk printed no result'
    for figure in ${figures#wrk }; do local "$figure"; done
    ((refused == 0 && broken == 0)) || warn "$refused deliveries were refused and $broken connections broke"
    wrk_stored=$((requests - refused)) wrk_rate=$(calculate "($requests - $refused) * 1e6 / $duration_us")
    wrk_p50=$(calculate "$p50_us / 1000") wrk_p99=$(calculate "$p99_us / 1000")
}

# As many clients as plane-ingest has writers.
ingest_limit() {
    local stored
    empty_tables
    begin_turn
    run_pgbench --client=2 --jobs=1 --time="$seconds" --define=bodies="$bodies" --define=sync="$repository_sync" \
        --file=Tests/Benchmarks/sql/insert.sql
    end_turn
    stored=$(stored_rows)
    record ingest '64 connections' limit "$1" 'deliveries/s' "$(calculate "64 * $(pgbench_rate)")"
    record ingest '64 connections' limit "$1" 'CPU of PostgreSQL, µs each' "$(ticks_each "$turn_server" "$stored")"
    record ingest '64 connections' limit "$1" 'WAL, bytes each' "$(calculate "$turn_wal / $stored")"
}

# pgbench on the database of `sql`, prepared statements, nothing of its own tables.
run_pgbench() {
    run_interruptibly env PGPASSWORD="$database_secret" "$pg_bin/pgbench" --no-vacuum --protocol=prepared "$@" \
        "$database_target" >"$state/log/pgbench.log" 2>&1
}

# Transactions a second of the last pgbench.
pgbench_rate() {
    awk '/^tps = / { print $3 }' "$state/log/pgbench.log"
}

ingest_delay() {
    empty_tables
    send_steadily 1000 64
    record ingest '1000 a second' ours "$1" 'p50, ms' "$(sent p50)"
    record ingest '1000 a second' ours "$1" 'p99, ms' "$(sent p99)"
    (($(sent refused) == 0)) || warn "$(sent refused) deliveries were refused at 1000 a second"
}

# Sends $1 deliveries a second over $2 connections for the length of a turn; further arguments go to `env`.
send_steadily() {
    run_interruptibly env "${@:3}" "$programs/Benchmark" send "$ingest_port" "$1" "$seconds" "$2" "$state/secret" \
        >"$state/run/sent"
}

# A figure of the last `send_steadily`.
sent() {
    awk -v name="$1" '$1 == name { print $2 }' "$state/run/sent"
}
