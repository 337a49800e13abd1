# Part `peers`, syncing: the Celery worker of the original beside ours. Sourced, not run.

peer_events=4000 peer_issues=400    # what waits for a drain
shuffled_issues=50 shuffled_pace=25 # those of them whose events come in no order at all, so many a second
tuning_events=400
drain_seconds=40                    # a drain of the original is cut off there

# Leaves `sql` with the database of the original.
empty_original() {
    ask_broker flushall
    use_database "$(cluster_url "$original_database")"
    sql --command='truncate public.github_webhook_events'
    empty_tables
}

# As many processes of Celery as are best on this machine.
tune_original() {
    local processes rate best=0 cores
    cores=$(nproc)
    for processes in "$cores" $((2 * cores)) $((4 * cores)); do
        drain_original "$processes" "$tuning_events" "$peer_issues"
        rate=$(original_rate)
        record peers 'sync, original' limit 1 "events/s, $processes processes, first $tuning_events" "$rate"
        if (($(calculate "($rate > $best)"))); then best=$rate original_processes=$processes; fi
    done
    note "the original does best with $original_processes processes"
    use_database "$(cluster_url plane)"
}

# The original drains the first $2 events as far as they are about the first $3 issues, with $1 processes. With a
# seed in $4 they come shuffled, at the pace: retries would else queue up behind all the rest, which nobody has
# waiting in a broker. Leaves `sql` with its database.
drain_original() {
    local processes
    empty_original
    sql --command="call bench.fill_original($2, $3, ${4:-null})" \
        --command='vacuum analyze public.github_webhook_events' --command='checkpoint'
    if [[ -z ${4:-} ]]; then enqueue_original ''; fi
    with_peer_environment "$original_database" start_program original-worker "$peers/celery" --app original worker \
        --pool prefork --concurrency "$1" --without-gossip --without-mingle --without-heartbeat --loglevel warning
    if [[ -n ${4:-} ]]; then enqueue_original "$shuffled_pace"; fi
    await 30 original_has_begun || die 'the original took up no work'
    processes=$(peer_processes original-worker)
    read -ra processes <<<"$processes"
    turn_events=$(original_done)
    begin_turn "${processes[@]}"
    sql --command="call bench.await_empty('public.github_webhook_events', $drain_seconds)"
    end_turn "${processes[@]}"
    turn_events=$(($(original_done) - turn_events))
    stop_peer original-worker
}

# Puts the waiting events into the broker, $1 a second if there is a number.
enqueue_original() {
    with_peer_environment "$original_database" run_interruptibly "$peers/python" -c \
        "import original; original.enqueue(${1:-})"
}

# shellcheck disable=SC2317 # `await` calls it
original_has_begun() {
    [[ $(sql_value 'select exists (select from public.github_webhook_events where claimed_at is not null)') == t ]]
}

original_done() {
    sql_value "select count(*) from public.github_webhook_events where status = 'completed'"
}

# From the first claim to the last completion, as of ours.
original_rate() {
    sql_value "select count(*) / extract(epoch from max(processed_at) - min(claimed_at))
        from public.github_webhook_events where status = 'completed'"
}

# The same for ours. Leaves `sql` with our database.
drain_ours_too() {
    local waiting
    use_database "$(cluster_url plane)"
    empty_tables
    sql --command="call bench.fill_ours($1, $2, ${3:-null, null})" \
        --command='vacuum analyze github_sync.github_webhook_events' --command='checkpoint'
    waiting=$(stored_rows)
    begin_turn
    start_workers 2 1
    sql --command="call bench.await_empty('github_sync.github_webhook_events', $drain_seconds)"
    own_before=0
    end_turn "${workers[@]}"
    stop_workers
    (($(completed_events) == waiting)) || die "only $(completed_events) of $waiting events were completed"
}

# Round $1 over the same deliveries; ours over as many as the original had done when its time was over.
drain_in_turns() {
    local done_events
    drain_original "$original_processes" "$peer_events" "$peer_issues"
    done_events=$(original_done)
    ((done_events > 0)) || die 'the original completed no event'
    note "the original did $done_events of $peer_events events"
    record peers 'sync, original' limit "$1" 'events/s' "$(original_rate)"
    record_sync_cost limit "$1" "$turn_events"
    drain_ours_too "$peer_events" "$peer_issues"
    record peers 'sync, original' ours "$1" 'events/s' "$(sql_value "
        select $done_events / extract(epoch from processed_at - min(claimed_at) over ())
        from github_sync.github_webhook_events order by processed_at offset $done_events - 1 limit 1")"
    record_sync_cost ours "$1" "$peer_events"
}

# Of the last drain: side, round, events.
record_sync_cost() {
    record peers 'sync, original' "$1" "$2" 'CPU of the program, µs each' "$(ticks_each "$turn_own" "$3")"
    record peers 'sync, original' "$1" "$2" 'CPU of PostgreSQL, µs each' "$(ticks_each "$turn_server" "$3")"
}

# Round $1: the same deliveries in the same random order, and what is wrong in Plane's tables afterwards. The original
# has the four processes it is described with.
compare_shuffled() {
    drain_original 4 "$peer_events" "$shuffled_issues" "$1"
    record_faults limit "$1" public
    drain_ours_too "$peer_events" "$shuffled_issues" "$1, $shuffled_pace"
    record_faults ours "$1" github_sync
}

# Of side $1 in round $2, with its queue in schema $3.
record_faults() {
    local fault cases
    while IFS='|' read -r fault cases; do
        record peers 'sync, shuffled' "$1" "$2" "$fault" "$cases"
        [[ $1 == limit || $cases == 0 ]] || die "ours left $cases $fault after deliveries in shuffled order"
    done < <(sql_value "select * from bench.peer_faults($shuffled_issues)
        union all select 'events not completed', count(*) from $3.github_webhook_events where status <> 'completed'")
}
