# Part `dashboard`: pages over many events, and what open pages cost. Sourced, not run.
#
# The table shows pages over 20,000 events as the limit of pages over many, one open page as that of a hundred, and a
# drain without open pages as that of a drain beside ten.

measure_dashboard() {
    local round size
    ((page_events > 20000)) || die '--page-events leaves nothing to compare: give more than 20000'
    empty_tables
    sql --file=Tests/Benchmarks/sql/issues.sql --file=Tests/Benchmarks/sql/claim.sql \
        --file=Tests/Benchmarks/sql/dashboard.sql
    for size in 20000 "$page_events"; do
        note "filling tables with $size events"
        make_grown "plane_pages_$size" "call bench.grow_dashboard($size)"
    done
    for ((round = 1; round <= rounds; round++)); do
        note "round $round of $rounds"
        start_dashboard plane_pages_20000
        load_pages "$round" limit
        stop_dashboard
        start_dashboard "plane_pages_$page_events"
        load_pages "$round" ours
        keep_pages_open "$round" limit 1
        keep_pages_open "$round" ours 100
        stop_dashboard
    done
    drop_grown "plane_pages_20000" "plane_pages_$page_events"
    make_history
    measure_drain_beside_pages
}

start_dashboard() {
    database=$1
    use_database "$(cluster_url "$database")"
    dashboard_port=$(free_port)
    DATABASE_URL=$(role_url bench_worker "$database") DASHBOARD_LISTEN=127.0.0.1:$dashboard_port LOG_LEVEL=warning \
        start_program dashboard "$programs/plane-worker" dashboard
    await 30 dashboard_is_ready || die 'the dashboard did not come up'
    dashboard_process=$(recorded_process dashboard)
}

stop_dashboard() {
    stop_program dashboard 15 >/dev/null || die 'the dashboard did not stop well'
}

# shellcheck disable=SC2317 # `await` calls it
dashboard_is_ready() {
    curl --silent --fail --max-time 2 --output /dev/null "http://127.0.0.1:$dashboard_port/readyz"
}

# MARK: Pages

# Round $1 on side $2: each page a hundred times over one connection.
load_pages() {
    local page
    while read -r page; do load_page "$1" "$2" "$page"; done < <(pages)
}

# As people follow links: pages of the newest, of some days ago, of one repository, of one issue, of a month.
pages() {
    local ids
    mapfile -t ids < <(sql_value "select id from (
        (select id from github_sync.github_webhook_events where created_at > now() - interval '20 days' order by id limit 1)
        union all
        (select id from github_sync.github_webhook_events where status = 'failed' order by id desc limit 1)
    ) as e")
    printf '%s\n' / /events "/events?before=${ids[0]}" '/events?status=failed&error=deadlock' \
        '/events?q=octo-demo/hello%2312' '/events?q=@person-7' "/events/${ids[0]}" "/events/${ids[1]}" \
        /issues/octo-demo/hello/12 /repositories /repositories/octo-demo/hello /failures /jobs /outbound /people \
        '/analytics?range=7d' '/analytics?range=30d'
}

load_page() {
    local number name
    # What differs from run to run is no name.
    name=$(sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/' <<<"$3")
    # The first answers are no measure: connections are opened and plans made.
    for ((number = 1; number <= 105; number++)); do
        printf 'url = "http://127.0.0.1:%s%s"\noutput = "/dev/null"\n' "$dashboard_port" "$3"
    done | curl --silent --show-error --fail --max-time 60 --config - \
        --write-out '%{time_pretransfer} %{time_total} %{size_download}\n' \
        | awk 'NR > 5 { printf "%.3f %d\n", ($2 - $1) * 1000, $3 }' | sort -g >"$state/run/page" ||
        die "$3 was not answered"
    record dashboard "$name" "$2" "$1" 'p50, ms' "$(awk 'NR == 50 { print $1 }' "$state/run/page")"
    record dashboard "$name" "$2" "$1" 'p99, ms' "$(awk 'NR == 99 { print $1 }' "$state/run/page")"
    record dashboard "$name" "$2" "$1" 'size, kB' "$(awk '{ size = $2 } END { print size / 1000 }' "$state/run/page")"
}

# MARK: Open pages

# Round $1 on side $2: $3 open pages are told of an event a second.
keep_pages_open() {
    local before server_before start own server
    sql --command="call bench.add_finished($((3 * seconds + 12)))" 9>&- &
    open_streams "$3" "$((3 * seconds))"
    # A page is told everything when it is opened; afterwards what changes.
    sleep 3
    before=$(ticks_of "$dashboard_process") server_before=$(server_ticks) start=$EPOCHREALTIME
    sleep $((2 * seconds))
    own=$(($(ticks_of "$dashboard_process") - before)) server=$(($(server_ticks) - server_before))
    record dashboard "$3 open pages" "$2" "$1" 'CPU of the dashboard, % of a core' "$(share_of "$own" "$start")"
    record dashboard "$3 open pages" "$2" "$1" 'CPU of PostgreSQL, % of a core' "$(share_of "$server" "$start")"
    record dashboard "$3 open pages" "$2" "$1" 'resident memory, MB' \
        "$(awk '/VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$dashboard_process/status")"
    close_streams
    time_news "$@"
    wait -n || true
}

# Ticks $1 since $2, as a share of one core.
share_of() {
    calculate "$1 * 100 / $clock_ticks / ($EPOCHREALTIME - $2)"
}

# One client keeps $1 pages open for $2 seconds at most.
open_streams() {
    start_program streams curl --silent --no-buffer --parallel --parallel-immediate --parallel-max 100 \
        --max-time "$2" --output /dev/null "http://127.0.0.1:$dashboard_port/live?[1-$1]"
    await 10 streams_are_open "$1" || die 'not all pages could be opened'
}

# shellcheck disable=SC2317 # `await` calls it
streams_are_open() {
    [[ $(curl --silent --fail --max-time 2 "http://127.0.0.1:$dashboard_port/metrics" \
        | awk '$1 == "plane_dashboard_streams" { print $2 }') == "$1" ]]
}

close_streams() {
    stop_program streams 5 >/dev/null || true
    await 10 streams_are_open 0 || die 'not all pages were closed'
}

# How long it takes from the first page that hears of a change to the last one.
time_news() {
    curl --silent --no-buffer --parallel --parallel-immediate --parallel-max 100 --max-time 8 --output /dev/null \
        --trace-ascii "$state/run/trace" --trace-time "http://127.0.0.1:$dashboard_port/live?[1-$3]" || true
    record dashboard "$3 open pages" "$2" "$1" 'all are told within, ms' "$(awk '
        /<= Recv data/ { split($1, t, ":"); time = t[1] * 3600 + t[2] * 60 + t[3] }
        /^0000: id: [0-9]+/ {
            round = $3 + 0
            if (!(round in first)) first[round] = time
            last[round] = time
        }
        END {
            for (round in first) if (last[round] - first[round] > most) most = last[round] - first[round]
            print most * 1000
        }' "$state/run/trace")"
    rm -- "$state/run/trace"
}

# MARK: Drains

measure_drain_beside_pages() {
    local round
    for ((round = 1; round <= rounds; round++)); do
        note "round $round of $rounds: drains"
        fill_queue
        start_dashboard plane
        open_streams 10 $((seconds + 60))
        work_turn dashboard 'drain, 4 slots, 10 open pages' ours "$round" 4 1 'events/s'
        close_streams
        stop_dashboard
        fill_queue
        work_turn dashboard 'drain, 4 slots, 10 open pages' limit "$round" 4 1 'events/s'
    done
}
