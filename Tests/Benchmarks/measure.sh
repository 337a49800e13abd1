# Reads clocks and counters, and writes down figures. Sourced, not run.

clock_ticks=$(getconf CLK_TCK)

# Writes one figure: part, case, side (`ours` or `limit`), round, name, value.
record() {
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >>"$results"
}

# An expression of awk: bash has whole numbers only.
calculate() {
    awk "BEGIN { printf \"%.6g\", $1 }"
}

# The processor time that processes have used so far, in ticks.
ticks_of() {
    local pid stat fields sum=0
    for pid in "$@"; do
        { stat=$(<"/proc/$pid/stat"); } 2>/dev/null || continue
        read -ra fields <<<"${stat##*) }"
        sum=$((sum + fields[11] + fields[12]))
    done
    printf '%s\n' "$sum"
}

# The same of the whole PostgreSQL server: its processes that live, and the ended ones that their parent waited for.
server_ticks() {
    local postmaster stat fields children
    postmaster=$(server_process)
    stat=$(<"/proc/$postmaster/stat")
    read -ra fields <<<"${stat##*) }"
    read -ra children < <(cat "/proc/$postmaster/task/$postmaster/children") || true
    printf '%s\n' "$((fields[11] + fields[12] + fields[13] + fields[14] + $(ticks_of "${children[@]}")))"
}

# Microseconds of processor time for each of $2 things, when $1 ticks went into all of them.
ticks_each() {
    calculate "$1 * 1e6 / $clock_ticks / $2"
}

# The most memory a process ever had resident, in MB.
peak_memory() {
    awk '/VmHWM/ { printf "%.1f", $2 / 1024 }' "/proc/$1/status"
}

wal_bytes() {
    sql_value "select pg_current_wal_insert_lsn() - '0/0'"
}

# How many pages went into the WAL whole.
wal_images() {
    sql_value 'select wal_fpi from pg_stat_wal'
}

# Notes the counters before a turn.
begin_turn() {
    wal_before=$(wal_bytes) images_before=$(wal_images) server_before=$(server_ticks) own_before=$(ticks_of "$@")
}

# What was used since, by the server and by the processes given; sets turn_*.
end_turn() {
    # A process that is ending is neither among the living nor yet among those waited for.
    sleep 0.3
    turn_server=$(($(server_ticks) - server_before)) turn_own=$(($(ticks_of "$@") - own_before))
    turn_wal=$(($(wal_bytes) - wal_before)) turn_images=$(($(wal_images) - images_before))
}

# Both sides start with empty tables and right after a checkpoint: each pays for its own first writes of pages.
empty_tables() {
    sql --command='truncate github_sync.github_webhook_events, public.issues, public.issue_sequences,
        public.descriptions, public.issue_comments, public.issue_labels, public.issue_assignees, public.issue_links,
        public.issue_activities, public.issue_subscribers, public.cycle_issues, public.module_issues,
        public.issue_relations, public.issue_mentions, public.issue_reactions, public.comment_reactions,
        public.intake_issues, public.issue_versions, public.issue_description_versions, public.file_assets,
        public.issue_votes, public.issue_blockers, public.issue_attachments, public.draft_issues,
        public.github_issue_syncs, public.github_comment_syncs,
        github_sync.github_issue_versions, github_sync.github_comment_versions, github_sync.github_label_versions,
        github_sync.github_outbound, github_sync.github_outbound_log' \
        --command='delete from public.labels where id not in (
            select label_id from public.github_repository_syncs where label_id is not null)' \
        --command='vacuum public.labels' --command='checkpoint'
}
