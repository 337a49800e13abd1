# Starts, watches and replaces the programs of two versions. Sourced, not run.
#
# `workers` and `nodes` hold the names of the running programs as start_program knows them, oldest first.

workers=() nodes=() started=0
declare -A address=()  # of a node: where it takes deliveries; of a worker: where it shows how it is

# Starts a worker of version $1 and waits until it is ready.
start_worker() {
    local name
    started=$((started + 1))
    name=$1-worker-$started
    address[$name]=127.0.0.1:$(free_port)
    DATABASE_URL=$(role_url upgrade_worker plane) WORKER_METRICS_LISTEN=${address[$name]} \
        start_program "$name" "$state/$1/plane-worker" run
    workers+=("$name")
    await 20 is_ready "${address[$name]}" || die "$name did not become ready"
}

# Starts an ingest node of version $1 at address $2, or one of its own, and waits until it is ready.
start_node() {
    local name
    started=$((started + 1))
    name=$1-ingest-$started
    address[$name]=${2:-127.0.0.1:$(free_port)}
    DATABASE_URL=$(role_url upgrade_ingest plane) INGEST_LISTEN=${address[$name]} \
        INGEST_SHARE_ADDRESS=true start_program "$name" "$state/$1/plane-ingest"
    nodes+=("$name")
    await 20 listens "$name" || die "$name did not begin to listen"
    await 20 is_ready "${address[$name]}" || die "$name did not become ready"
    send_to_all
}

# shellcheck disable=SC2317 # `await` calls it
listens() {
    grep -q '"message":"listening"' "$state/log/$1.log"
}

# Whether who listens at $1 is ready. Where two processes do, each of so many connections may go to either.
# shellcheck disable=SC2317 # `await` calls it
is_ready() {
    local asked=()
    mapfile -t asked < <(yes "http://$1/readyz" | head -n 30)
    curl --silent --fail --fail-early --max-time 10 --header 'Connection: close' --output /dev/null "${asked[@]}" \
        >/dev/null
}

# Deliveries go to all nodes that run.
send_to_all() {
    local name
    for name in "${nodes[@]}"; do printf '%s\n' "${address[$name]}"; done | sort -u >"$state/all-nodes"
    mapfile -t all_nodes <"$state/all-nodes"
    send_to "${all_nodes[@]}"
}

# Stops a program by SIGTERM; it has to end with status 0 by itself.
stop() {
    local name rest=()
    for name in "${workers[@]}"; do if [[ $name != "$1" ]]; then rest+=("$name"); fi; done
    workers=("${rest[@]}") rest=()
    for name in "${nodes[@]}"; do if [[ $name != "$1" ]]; then rest+=("$name"); fi; done
    nodes=("${rest[@]}")
    stop_program "$1" 30 >/dev/null || die "$1 did not stop in order"
}

# Replaces worker $1 by one of version $2: both work side by side, then the first is stopped.
replace_worker() {
    start_worker "$2"
    see_all_work
    stop "$1"
    see_completed 15 "${workers[-1]} for $1"
}

# Replaces node $1 by one of version $2 at the same address, as on a host without a proxy.
replace_node_in_place() {
    local shared=${address[$1]}
    start_node "$2" "$shared"
    see_delivered 15 "$shared"
    stop "$1"
    see_delivered 15 "$shared"
    see_completed 1 "${nodes[-1]} for $1, at its address"
}

# Replaces node $1 by one of version $2 at another address, and takes the first out of the way before it is stopped, as
# a proxy's configuration does.
replace_node_elsewhere() {
    local name others=()
    start_node "$2"
    see_delivered 15 "${address[${nodes[-1]}]}"
    for name in "${nodes[@]}"; do if [[ $name != "$1" ]]; then others+=("${address[$name]}"); fi; done
    send_to "${others[@]}"
    stop "$1"
    see_delivered 15 "${address[${nodes[-1]}]}"
    see_completed 1 "${nodes[-1]} for $1, at another address"
}

# Events that this worker has finished since its start.
done_by() {
    curl --silent --fail --max-time 5 "http://${address[$1]}/metrics" |
        awk '/^github_mcp_sync_total\{/ { sum += $NF } END { print sum + 0 }'
}

# Returns when every worker has finished some more events.
see_all_work() {
    local name before
    for name in "${workers[@]}"; do
        before=$(done_by "$name")
        await 20 has_done_more "$name" $((before + 3)) || die "$name finishes nothing beside the others"
    done
}

# shellcheck disable=SC2317 # `await` calls it
has_done_more() {
    everything_runs
    (($(done_by "$1") >= $2))
}

completed() {
    sql_value "select count(*) from github_sync.github_webhook_events where status = 'completed'"
}

waiting() {
    sql_value "select count(*) from github_sync.github_webhook_events where status in ('pending', 'processing')"
}

# shellcheck disable=SC2317 # `await` calls it
queue_is_empty() {
    everything_runs
    (($(waiting) == 0))
}

# Returns when $1 more events are completed, and says $2.
see_completed() {
    local before
    before=$(completed)
    await 20 has_completed $((before + $1)) ||
        die "$2: only $(($(completed) - before)) of $1 events were completed within 20 s; $(waiting) wait"
    report "$2"
}

# shellcheck disable=SC2317 # `await` calls it
has_completed() {
    everything_runs
    (($(completed) >= $1))
}

# Returns when $1 more deliveries were sent to address $2.
see_delivered() {
    local before
    before=$(delivered_to "$2")
    await 20 has_delivered $((before + $1)) "$2" || die "too few deliveries to $2 within 20 s"
}

# shellcheck disable=SC2317 # `await` calls it
has_delivered() {
    everything_runs
    (($(delivered_to "$2") >= $1))
}

# Ends the check when a program has ended by itself, a delivery had another answer than 202, or it takes too long.
everything_runs() {
    local name other
    ((SECONDS < last_second)) || die 'the check was not done within 150 s'
    for name in "${workers[@]}" "${nodes[@]}"; do
        recorded_process "$name" >/dev/null || die "$name has ended by itself"
    done
    other=$(refused)
    ((other == 0)) ||
        die "$other deliveries were not answered 202:" "$(awk -F '\t' '$5 != 202' "$state"/answers/* | head)"
}

# A line with the counts and what happened.
report() {
    note "$(printf '%3d s  %4d delivered  %4d completed  %2d wait   %s' $((SECONDS - run_started)) "$(delivered)" \
        "$(completed)" "$(waiting)" "$1")"
}
