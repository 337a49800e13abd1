# Part `outbound`: what goes from Plane to GitHub, and what it costs when nothing does. Sourced, not run.
#
# A worker looks every few seconds whether anything was written to Plane's tables, and what. Its limit is the query that
# finds the rows written since some transaction, and nothing else.

measure_outbound() {
    ((look_issues > 20000)) || die '--look-issues leaves nothing to compare: give more than 20000'
    edits=$((3 * seconds))
    # Three kinds of edits, each of an issue of its own.
    start_github $((18 * edits))
    export GITHUB_API_URL=http://127.0.0.1:$github_port GITHUB_TOKEN=ghp_benchmark GITHUB_SWEEP_SECONDS=0
    measure_looks 20000 "$look_issues"
    make_history
    measure_edits
    measure_drain_beside_looks
    unset GITHUB_API_URL GITHUB_TOKEN GITHUB_SWEEP_SECONDS
    stop_program github 15 >/dev/null
}

# What goes out of the only repository: `off` or `all`.
configure_outbound() {
    DATABASE_URL=$(role_url bench_admin "$database") "$programs/plane-worker" configure --repository octo-demo/hello \
        --outbound "$1" --outbound-comments "$1" >/dev/null
    sql --command='truncate github_sync.github_outbound_looks'
}

# shellcheck disable=SC2317 # `await` calls it
look_is_over() {
    [[ $(sql_value 'select count(*) from github_sync.github_outbound_looks') == 1 ]]
}

# MARK: Looks

# Each number of issues has its own database.
measure_looks() {
    local round issues
    empty_tables
    sql --file=Tests/Benchmarks/sql/issues.sql
    for issues in "$@"; do
        note "filling tables with $issues issues"
        make_grown "plane_$issues" "call bench.grow_issues($issues)"
    done
    for ((round = 1; round <= rounds; round++)); do
        for issues in "$@"; do
            note "round $round of $rounds: $issues issues"
            look_at_issues "$round" "$issues"
        done
    done
    drop_grown "${@/#/plane_}"
}

look_at_issues() {
    local minute=$((6 * seconds)) limit limit_share issues=$2 begin
    database=plane_$2
    use_database "$(cluster_url "$database")"
    configure_outbound off
    start_workers 4 1
    sleep 5
    measure_share sleep "$minute"
    limit_share=$turn_share
    stop_workers
    PGOPTIONS='-c jit=off -c max_parallel_workers_per_gather=0' run_pgbench --client=1 --time="$seconds" \
        --define=horizon="$(sql_value 'select pg_snapshot_xmin(pg_current_snapshot())')" \
        --file=Tests/Benchmarks/sql/look.sql
    limit=$(awk '/^latency average/ { print $4 }' "$state/log/pgbench.log")

    configure_outbound all
    begin=$EPOCHREALTIME
    start_workers 4 1
    await 300 look_is_over || die "no look at $issues issues came to its end"
    record outbound "$issues, all of them" ours "$1" 'a look, ms' "$(calculate "($EPOCHREALTIME - $begin) * 1000")"
    record outbound "$issues, all of them" limit "$1" 'a look, ms' "$limit"
    sleep 5
    measure_share sleep "$minute"
    record outbound "$issues, nothing written" ours "$1" 'CPU, % of a core' "$turn_share"
    record outbound "$issues, nothing written" limit "$1" 'CPU, % of a core' "$limit_share"
    # Each over a connection of its own, as Plane does.
    measure_share run_pgbench --client=1 --connect --rate=5 --time="$minute" --define=issues="$2" \
        --define=sync="$(sql_value 'select id from public.github_repository_syncs')" \
        --file=Tests/Benchmarks/sql/touch.sql
    record outbound "$issues, 5 rows a second" ours "$1" 'CPU, % of a core' "$turn_share"
    record outbound "$issues, 5 rows a second" limit "$1" 'CPU, % of a core' "$limit_share"
    record outbound "$issues, 5 rows a second" ours "$1" 'a look, ms' "$(look_duration)"
    record outbound "$issues, 5 rows a second" limit "$1" 'a look, ms' "$limit"
    stop_workers
    nothing_went_out
}

# The processor time that the worker and its connections use while a command runs, as a share of one core; sets
# `turn_share`.
measure_share() {
    local before start=$EPOCHREALTIME
    before=$(worker_ticks)
    "$@"
    turn_share=$(calculate "($(worker_ticks) - $before) * 100 / $clock_ticks / ($EPOCHREALTIME - $start)")
}

worker_ticks() {
    local connections
    mapfile -t connections < <(sql_value "select pid from pg_stat_activity
        where application_name like 'plane-worker %'")
    ticks_of "${workers[@]}" "${connections[@]}"
}

# Of the last one, in ms.
look_duration() {
    sql_value 'select duration_seconds * 1000 from github_sync.github_outbound_looks'
}

nothing_went_out() {
    local found
    found=$(sql_value 'select count(*) from github_sync.github_outbound')
    ((found == 0)) || die "$found objects were to go to GitHub, although nothing differed"
}

# MARK: Edits

# Imports the issues of the GitHub, and edits each of them once in Plane.
measure_edits() {
    note 'importing what is edited then'
    configure_outbound all
    enter_import
    start_workers 4 1
    sql --command='call bench.await_drained(600)'
    await 60 look_is_over || die 'no look came to its end'
    PLANE_WEBHOOK_SECRET_FILE=$state/secret start_ingest
    edit_issues 'title' 0 "name = 'Edited in Plane'"
    edit_issues 'title, with webhook' "$edits" "name = 'Edited in Plane'" wake_up
    edit_issues 'state' $((2 * edits)) "completed_at = now(), state_id = (
        select s.id from public.states as s where s.project_id = i.project_id and s.\"group\" = 'completed')"
    stop_program plane-ingest 15 >/dev/null
    stop_workers
    configure_outbound off
}

# Edits of kind $1 of the issues after number $2: sets $3 and runs $4, if given, with the issue's key. Measures the time
# from an edit to its write on GitHub.
edit_issues() {
    local number issue time
    note "$edits edits: $1"
    : >"$state/run/edits"
    for ((number = $2 + 1; number <= $2 + edits; number++)); do
        IFS='|' read -r issue time < <(sql_value "update public.issues as i set $3, updated_at = now()
            from github_sync.github_issue_versions as v where v.issue_id = i.id and v.number = $number
            returning i.id, extract(epoch from clock_timestamp())")
        printf '%s %s\n' "$number" "$time" >>"$state/run/edits"
        if [[ -n ${4:-} ]]; then "$4" "$issue"; fi
        # Not in step with the looks, and seldom so close to the next one that both want to be written at once.
        sleep $((3 + RANDOM % 2)).$((RANDOM % 10))
    done
    await 60 edits_are_written || die "only $(delays | wc -l) of $edits edits came to GitHub"
    record outbound "edited: $1" ours 1 'on GitHub, p50, s' "$(delays | sed -n "$(((edits + 1) / 2))p")"
    record outbound "edited: $1" ours 1 'on GitHub, p95, s' "$(delays | sed -n "$(((edits * 95 + 99) / 100))p")"
}

# Seconds from the edits to their writes, in order.
delays() {
    awk 'NR == FNR { edited[$1] = $2; next } $1 in edited { print $2 - edited[$1]; delete edited[$1] }' \
        "$state/run/edits" "$state/log/github.log" | sort -n
}

# shellcheck disable=SC2317 # `await` calls it
edits_are_written() {
    (($(delays | wc -l) == edits))
}

# Names issue $1 as Plane's webhook does.
# shellcheck disable=SC2317 # `edit_issues` calls it
wake_up() {
    local body="{\"event\": \"issue\", \"action\": \"updated\", \"data\": {\"id\": \"$1\"}}" signature
    signature=$(printf '%s' "$body" | deploy/sign "$state/secret")
    curl --silent --fail --max-time 5 --output /dev/null --header 'Content-Type: application/json' \
        --header 'X-Plane-Event: issue' --header "X-Plane-Delivery: $1" \
        --header "X-Plane-Signature: ${signature#sha256=}" --data-binary "$body" \
        "http://127.0.0.1:$ingest_port/api/webhooks/plane/" || die 'plane-ingest does not take wake-ups'
}

# MARK: Drains

# The same drain, with looks beside it that find nothing to send, and without.
measure_drain_beside_looks() {
    local round
    for ((round = 1; round <= rounds; round++)); do
        note "round $round of $rounds: drains"
        configure_outbound all
        fill_queue
        work_turn outbound 'drain, 4 slots' ours "$round" 4 1 'events/s'
        nothing_went_out
        configure_outbound off
        fill_queue
        work_turn outbound 'drain, 4 slots' limit "$round" 4 1 'events/s'
    done
}
