# Creates, starts, stops and removes a private PostgreSQL cluster. Sourced, not run.
#
# The cluster is in one directory (data, socket, server log) and ends with the script that started it. It listens on a
# Unix socket and on a loopback port that the kernel chose. Both ask for a random password (SCRAM), because every user
# of a shared machine can reach the loopback interface, and a PostgreSQL superuser can run programs. fsync stays on.

# Sets pg_bin to the server's programs: those in POSTGRES_BIN, or else the newest ones of this machine. Fails when there
# are none of version 15 or later.
find_server_binaries() {
    local directory directories=("${POSTGRES_BIN:-}") major newest=0
    if [[ -z ${POSTGRES_BIN:-} ]]; then
        directories=(/usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null || true)"
            "$(dirname -- "$(command -v initdb 2>/dev/null || echo /none/initdb)")")
    fi
    for directory in "${directories[@]}"; do
        [[ -x $directory/initdb && -x $directory/postgres && -x $directory/pg_ctl ]] || continue
        [[ $("$directory/postgres" --version) =~ \ ([0-9]+) ]] || continue
        major=${BASH_REMATCH[1]}
        if ((major >= 15 && major > newest)); then
            newest=$major
            pg_bin=$directory
        fi
    done
    ((newest > 0))
}

# Ends when there is no usable server in POSTGRES_BIN: installing one elsewhere would not help.
check_chosen_server() {
    [[ -z ${POSTGRES_BIN:-} ]] || find_server_binaries ||
        die "POSTGRES_BIN is '$POSTGRES_BIN', and no PostgreSQL server of version 15 or later is there" \
            'It names the directory that holds initdb, postgres and pg_ctl.'
}

# Runs a command as the user the server runs as: PostgreSQL refuses to run as root.
as_server() {
    if ((EUID == 0)); then
        (cd / && exec runuser -u postgres -- "$@")
    else
        (cd / && exec "$@")
    fi
}

# Chooses the cluster's directory: $state/cluster, unless the server could not work there.
choose_cluster_directory() {
    cluster=$state/cluster
    local reason=''
    # A socket's address holds 107 bytes; /socket/.s.PGSQL.65535 needs 22 of them.
    if (($(printf '%s' "$cluster" | wc -c) > 107 - 22)); then
        reason='the path is too long for a Unix socket'
    # pg_ctl hands paths to a shell in double quotes; a comma separates socket directories.
    elif [[ $cluster == *[!A-Za-z0-9/._+\ \'-]* ]]; then
        reason='the path has characters that PostgreSQL cannot take there'
    elif ! as_server test -x "$state"; then
        reason='the user postgres cannot enter the directory'
    fi
    if [[ -n $reason ]]; then
        cluster=$(mktemp -d /tmp/plane-github-sync.XXXXXX)
        note "the database lives in $cluster, not in $state/cluster: $reason"
    else
        mkdir -- "$cluster"
    fi
    # Known before anything is in it, so that a run after a crash finds it.
    printf '%s\n' "$cluster" >"$state/cluster-directory"
    if ((EUID == 0)); then chown postgres: -- "$cluster"; fi
    chmod 700 -- "$cluster"
}

write_settings() {
    local socket=${cluster//\'/\'\'}/socket
    as_server tee -a "$cluster/data/postgresql.conf" >/dev/null <<END
listen_addresses = '127.0.0.1'
unix_socket_directories = '"$socket"'
unix_socket_permissions = 0700
max_connections = 300
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d '
END
}

make_cluster() {
    database_password=$(openssl rand -hex 24)
    as_server mkdir -- "$cluster/socket"
    # shellcheck disable=SC2016 # the inner shell expands it
    as_server sh -c 'umask 077 && cat >"$1"' sh "$cluster/password" <<<"$database_password"
    as_server "$pg_bin/initdb" --pgdata="$cluster/data" --username=plane --pwfile="$cluster/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 >"$state/log/initdb.log" 2>&1 9>&- ||
        { show_tails "$state/log/initdb.log"; die 'initdb failed'; }
    as_server rm -- "$cluster/password"
    write_settings
}

# Starts the cluster. Between choosing a port and using it somebody else may take it: then the next one is tried.
start_server() {
    local attempt
    for attempt in 1 2 3 4 5; do
        database_port=$(free_port)
        if as_server "$pg_bin/pg_ctl" -D "$cluster/data" -l "$cluster/server.log" -o "-p $database_port" -w -t 60 \
            start >"$state/log/pg_ctl.log" 2>&1 9>&-; then
            return
        fi
        as_server grep -q 'Address already in use' "$cluster/server.log" || break
        note "port $database_port was taken in the meantime (attempt $attempt of 5)"
    done
    keep_server_log
    show_tails "$state/log/pg_ctl.log" "$state/log/postgresql.log"
    die 'PostgreSQL did not start'
}

# Makes and starts a fresh cluster; cluster_url gives its address, $state/pgpass its password.
start_cluster() {
    find_server_binaries || die 'there are no PostgreSQL server binaries of version 15 or later'
    choose_cluster_directory
    make_cluster
    start_server
    printf '*:%s:*:plane:%s\n' "$database_port" "$database_password" >"$state/pgpass"
    note "PostgreSQL $("$pg_bin/postgres" --version | grep -o '[0-9][0-9.]*' | head -n 1)" \
        "on 127.0.0.1:$database_port"
}

# The address of a database of the cluster.
cluster_url() {
    printf 'postgresql://plane:%s@127.0.0.1:%s/%s\n' "$database_password" "$database_port" "$1"
}

# The process number of the server of the cluster in $cluster. A postmaster works in its data directory, which
# tells it from another process that has the number of a crashed one.
server_process() {
    local pid
    pid=$(head -n 1 -- "$cluster/data/postmaster.pid" 2>/dev/null) || return 1
    [[ $(readlink "/proc/$pid/cwd") == "$(realpath -- "$cluster/data")" ]] || return 1
    printf '%s\n' "$pid"
}

keep_server_log() {
    if [[ -s $cluster/server.log ]]; then cp -- "$cluster/server.log" "$state/log/postgresql.log"; fi
}

# Stops the cluster that $state names, of this run or of one that crashed, and removes it.
remove_cluster() {
    cluster=$(cat -- "$state/cluster-directory" 2>/dev/null) || return 0
    # What is removed below is what choose_cluster_directory made, whatever the file says.
    [[ $cluster == "$state/cluster" || $cluster == /tmp/plane-github-sync.?????? ]] ||
        die "$state/cluster-directory names $cluster, which is not a cluster of ours"
    if server_process >/dev/null; then
        find_server_binaries || die "a server runs in $cluster, and there is no pg_ctl to stop it"
        as_server "$pg_bin/pg_ctl" -D "$cluster/data" -m fast -w -t 30 stop >/dev/null 2>&1 9>&- ||
            as_server "$pg_bin/pg_ctl" -D "$cluster/data" -m immediate -w -t 10 stop >/dev/null 2>&1 9>&- ||
            die "the PostgreSQL server in $cluster does not stop"
        note 'PostgreSQL has stopped'
    fi
    keep_server_log
    rm -rf -- "$cluster"
    rm -f -- "$state/cluster-directory" "$state/pgpass"
}
