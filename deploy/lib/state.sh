# The directory for what a run needs while it lives: secret, logs, process ids, the cluster. Sourced, not run.

# Opens $state and an empty $log in it, and lets one deploy/local in. The lock goes with the process, however it ends.
open_state() {
    mkdir -p -- "$state" || die "cannot make $state"
    state=$(cd -- "$state" && pwd -P)
    [[ -O $state ]] || die "$state belongs to another user" "Remove it, or run as that user."
    # The server's user passes through it; what is secret in it has mode 0600.
    chmod 711 -- "$state"
    exec 9>>"$state/lock"
    if ! flock -n 9; then
        die "deploy/local is already running here (process $(cat -- "$state/lock"))" \
            "Stop that one with Ctrl-C first; its files are in $state."
    fi
    printf '%s\n' "$$" >"$state/lock"
    mkdir -p -- "$state/log" "$state/run"
    log=$state/log/local.log
    : >"$log"
}

# Ends what a run left behind that was killed outright.
recover_state() {
    local name
    for name in plane-dashboard plane-ingest plane-worker; do
        if recorded_process "$name" >/dev/null; then
            note "an earlier run was killed; stopping its $name"
            stop_program "$name" 10 || true
        fi
    done
    if [[ -e $state/cluster-directory ]]; then
        note 'an earlier run was killed; removing its database'
        remove_cluster
    fi
    rm -f -- "$state"/run/* "$state/env"
}
