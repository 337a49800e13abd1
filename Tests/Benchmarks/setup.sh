# Sets up the programs and the database for the measurement. Sourced, not run.

install_needs() {
    local needs=("${server_needs[@]}" wrk) peers_too=''
    if [[ " ${parts[*]} " == *' peers '* ]]; then peers_too=yes needs+=(redis-server virtualenv); fi
    install_with_toolchain "${needs[@]}"
    if [[ -n $peers_too ]]; then install_peers; fi
    find_server_binaries
    [[ -x $pg_bin/pgbench ]] || die "there is no pgbench in $pg_bin" 'It is in the package of the server (postgresql).'
}

build_for_release() {
    local product
    for product in plane-ingest plane-worker Benchmark; do
        run_interruptibly swift build --configuration release --product "$product"
    done
    # Builds go on beside a measurement: what is measured is a copy.
    programs=$state/programs
    mkdir -- "$programs"
    cp -- "$(swift build --configuration release --show-bin-path)"/{plane-ingest,plane-worker,Benchmark} "$programs"
}

# A cluster with Plane's tables, ours, a role for each program and one connected repository.
prepare_database() {
    start_cluster
    use_database "$(cluster_url postgres)"
    change_settings
    sql --command='create database plane'
    use_database "$(cluster_url plane)"
    load_plane_schema
    apply_roles
    make_login_roles bench
    migrate "$programs" "$(role_url bench_owner plane)" >/dev/null
    apply_roles
    DATABASE_URL=$(role_url bench_admin plane) "$programs/plane-worker" connect --workspace demo --project GH \
        --repository octo-demo/hello --repository-id 700000001 >/dev/null
    openssl rand -hex 32 >"$state/secret"
    export GITHUB_WEBHOOK_SECRET_FILE=$state/secret
    unset GITHUB_WEBHOOK_SECRET
    sql --file=Tests/Benchmarks/sql/schema.sql
    describe_run
}

# What is not PostgreSQL's default, but for addresses and names. pg_stat_statements counts only where a part asks it.
change_settings() {
    sql --command="alter system set shared_preload_libraries = 'pg_stat_statements'"
    as_server "$pg_bin/pg_ctl" -D "$cluster/data" -l "$cluster/server.log" -o "-p $database_port" -w -t 60 restart \
        >"$state/log/pg_ctl.log" 2>&1 9>&-
    sql --command="alter system set pg_stat_statements.track = 'none'" \
        --command="alter system set pg_stat_statements.track_planning = 'on'" --command='select pg_reload_conf()' >/dev/null
}

# What happened in a repository, for the queue; parsed once.
make_history() {
    if [[ -n ${history_is_made:-} ]]; then return; fi
    load_events "$events" 2000
    sql --file=Tests/Benchmarks/sql/queue.sql
    note "$events events of $(sql_value 'select round(avg(octet_length(payload)))::int from bench.history') bytes each"
    history_is_made=yes
}

# Loads $1 events over $2 issues. Nothing in them is escaped, and a byte 1 is in none.
load_events() {
    local csv="delimiter e'\\t', quote e'\\x01'"
    run_interruptibly "$programs/Benchmark" history "$1" "$2" >"$state/run/history"
    sql --command='truncate bench.history restart identity' \
        --command="\\copy bench.history (event_type, action, payload) from pstdin (format csv, $csv)" \
        <"$state/run/history"
    rm -- "$state/run/history"
}

describe_run() {
    local setting
    about 'machine' "$(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GB", $2 / 1048576 }' /proc/meminfo), load $(
        cut -d ' ' -f 1 /proc/loadavg) at the start"
    about 'PostgreSQL' "$("$pg_bin/postgres" --version | grep -o '[0-9][0-9.]*' | head -n 1)"
    setting=$(sql_value "select string_agg(name || '=' || setting, ' ' order by name) from pg_settings
        where source in ('configuration file', 'command line') and setting <> boot_val and name not in (
            'port', 'listen_addresses', 'unix_socket_directories', 'unix_socket_permissions', 'log_line_prefix',
            'log_timezone', 'timezone', 'timezone_abbreviations', 'config_file', 'data_directory', 'hba_file',
            'ident_file', 'lc_messages', 'lc_monetary', 'lc_numeric', 'lc_time', 'datestyle',
            'default_text_search_config')")
    about 'settings' "$setting"
    about 'durability' "fsync=$(sql_value 'show fsync') synchronous_commit=$(sql_value 'show synchronous_commit')"
    about 'turns' "$rounds rounds of $seconds s, $events events"
    about 'commit' "$(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
}

about() {
    printf 'about\t%s\t%s\n' "$1" "$2" >>"$results"
}
