# Part `import`: a repository is read from a GitHub that answers at once, and synced. Sourced, not run.

measure_import() {
    local round
    make_history
    start_github "$events"
    for ((round = 1; round <= rounds; round++)); do
        note "round $round of $rounds"
        enter_import
        # The token is no secret. There are no sweeps, which would read as well.
        GITHUB_API_URL=http://127.0.0.1:$github_port GITHUB_TOKEN=ghp_benchmark GITHUB_SWEEP_SECONDS=0 \
            work_turn import '4 slots' ours "$round" 4 1 'objects/s'
        fill_queue
        work_turn import '4 slots' limit "$round" 4 1 'objects/s'
    done
    stop_program github 15 >/dev/null
    sql --command='truncate github_sync.github_sync_jobs'
}

# Starts a GitHub with $1 objects, of which one in six is an issue.
start_github() {
    github_port=$(free_port)
    start_program github "$programs/Benchmark" github "$github_port" "$1"
    await 60 github_answers || die 'the GitHub of the benchmark did not come up'
}

# shellcheck disable=SC2317 # `await` calls it
github_answers() {
    curl --silent --fail --max-time 2 --output /dev/null "http://127.0.0.1:$github_port/user"
}

enter_import() {
    empty_tables
    sql --command='truncate github_sync.github_sync_jobs'
    DATABASE_URL=$(role_url bench_admin "$database") "$programs/plane-worker" import --repository octo-demo/hello \
        --no-wait >/dev/null 2>&1
}
