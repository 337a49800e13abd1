# Part `peers`: other programs that do this work, on the same cluster, in turns with ours. Sourced, not run.
#
# The grouped peer receives deliveries as fast as we can make Python do it. The original is the Django and Celery
# handler that this project replaces, rebuilt from its description. Both are in Peers. The report shows them as the
# limit.

original_database=plane_original

measure_peers() {
    local round
    prepare_peers
    tune_original
    for ((round = 1; round <= rounds; round++)); do
        note "round $round of $rounds"
        receive_in_turns "$round"
        drain_in_turns "$round"
        compare_shuffled "$round"
    done
    remove_peers
}

# A virtual environment with what requirements.txt says, made again when that changes.
install_peers() {
    local requirements=Tests/Benchmarks/Peers/requirements.txt
    peers=$PWD/.build/peers
    if ! cmp --silent -- "$requirements" "$peers/requirements.txt"; then
        [[ ${INSTALL_PACKAGES:-} != never ]] || die "the Python packages of $requirements are missing"
        rm -rf -- "$peers"
        run_interruptibly virtualenv --quiet "$peers"
        run_interruptibly timeout 300 "$peers/bin/pip" install --quiet --disable-pip-version-check --no-deps \
            --requirement "$requirements" || die "the peers' packages could not be installed"
        "$peers/bin/pip" check || die 'requirements.txt does not name all that its packages need'
        cp -- "$requirements" "$peers/requirements.txt"
    fi
    peers=$peers/bin
}

prepare_peers() {
    prepare_bodies
    load_events "$peer_events" "$peer_issues"
    sql --file=Tests/Benchmarks/sql/peers.sql
    empty_tables
    sql --command='vacuum analyze bench.peer_queue'
    use_database "$(cluster_url postgres)"
    sql --command="create database $original_database template plane"
    use_database "$(cluster_url plane)"
    start_broker
}

remove_peers() {
    stop_peer broker
    use_database "$(cluster_url postgres)"
    sql --command="drop database $original_database"
    use_database "$(cluster_url plane)"
    sql --command='drop table public.github_webhook_events, bench.peer_events'
}

# Redis on a socket in a directory that is ours alone: no port, and nobody else comes near.
start_broker() {
    broker=$state/run/redis.sock
    start_program broker redis-server --port 0 --unixsocket "$broker" --unixsocketperm 700 --save '' --dir "$state/run"
    await 10 ask_broker ping || die 'redis-server did not come up'
}

ask_broker() {
    redis-cli -s "$broker" "$@" >/dev/null 2>&1
}

# Runs command $2… with what the peers read from their environment, on database $1.
with_peer_environment() {
    local -x PGHOST=127.0.0.1 PGPORT=$database_port PGUSER=plane PGPASSFILE=$state/pgpass PGDATABASE=$1
    local -x PYTHONPATH=$PWD/Tests/Benchmarks/Peers PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=original
    local -x CELERY_BROKER_URL=redis+socket://$broker
    shift
    "$@"
}

# Ends a peer. With which status a program of others does, is its own affair.
stop_peer() {
    stop_program "$1" 20 >/dev/null 2>&1 || true
}

# A peer's process and its children.
peer_processes() {
    local pid
    pid=$(recorded_process "$1") || die "$1 has ended"
    printf '%s ' "$pid"
    tr '\n' ' ' <"/proc/$pid/task/$pid/children"
}

# Whether the log of program $1 says $2 $3 times.
# shellcheck disable=SC2317 # `await` calls it
has_said() {
    (($(grep --count --fixed-strings -- "$2" "$state/log/$1.log") >= $3))
}

# Round $1 of all that receive; the grouped peer with the number of processes that is better at the time.
receive_in_turns() {
    local round=$1 processes ingest_port turn best=''
    empty_tables
    start_ingest
    receive_turn plane-ingest github_sync.github_webhook_events
    stop_program plane-ingest 15 >/dev/null
    record_turn 'ingest, grouped peer' ours "${turn[@]}"
    record peers 'ingest, original' ours "$round" 'deliveries/s' "${turn[0]}"
    for processes in 1 2; do
        receive_grouped "$processes"
        record peers 'ingest, grouped peer' limit "$round" "deliveries/s, $processes processes" "${turn[0]}"
        if [[ -z $best ]] || (($(calculate "(${turn[0]} > ${best%% *})"))); then best=${turn[*]}; fi
    done
    read -ra turn <<<"$best"
    record_turn 'ingest, grouped peer' limit "${turn[@]}"
    receive_original
    record peers 'ingest, original' limit "$round" 'deliveries/s' "${turn[0]}"
}

# One turn of program $1, whose rows go into table $2. Sets `turn`: what `record_turn` wants.
receive_turn() {
    local processes stored distinct
    processes=$(peer_processes "$1")
    read -ra processes <<<"$processes"
    begin_turn "${processes[@]}"
    run_wrk "$seconds"
    end_turn "${processes[@]}"
    read_wrk
    read -r stored distinct < <(sql_value "select count(*) || ' ' || count(distinct delivery_id) from $2")
    ((stored >= wrk_stored)) || die "$1 accepted $wrk_stored deliveries, but $stored rows are there"
    ((stored == distinct)) || die "$1 stored $((stored - distinct)) deliveries twice"
    turn=("$wrk_rate" "$(ticks_each "$turn_own" "$stored")" "$(ticks_each "$turn_server" "$stored")"
        "$wrk_p50" "$wrk_p99")
}

# Case $1 on side $2: the figures of a turn.
record_turn() {
    record peers "$1" "$2" "$round" 'deliveries/s' "$3"
    record peers "$1" "$2" "$round" 'CPU of the program, µs each' "$4"
    record peers "$1" "$2" "$round" 'CPU of PostgreSQL, µs each' "$5"
    record peers "$1" "$2" "$round" 'p50, ms' "$6"
    record peers "$1" "$2" "$round" 'p99, ms' "$7"
}

# A turn of the grouped peer with $1 processes.
receive_grouped() {
    sql --command='truncate bench.peer_events' --command='checkpoint'
    ingest_port=$(free_port)
    with_peer_environment plane start_program grouped-peer "$peers/uvicorn" grouped:application --port "$ingest_port" \
        --workers "$1" --loop uvloop --http httptools --timeout-keep-alive 60 --no-access-log --no-server-header
    await 30 has_said grouped-peer 'Application startup complete' "$1" || die 'the grouped peer did not come up'
    receive_turn grouped-peer bench.peer_events
    stop_peer grouped-peer
}

receive_original() {
    empty_original
    ingest_port=$(free_port)
    with_peer_environment "$original_database" start_program original-web "$peers/gunicorn" original:application \
        --bind "127.0.0.1:$ingest_port" --worker-class gthread --workers 2 --threads 8 --keep-alive 60 --preload \
        --no-control-socket
    await 30 has_said original-web 'Booting worker' 2 || die 'the original did not come up'
    receive_turn original-web public.github_webhook_events
    stop_peer original-web
    use_database "$(cluster_url plane)"
}
