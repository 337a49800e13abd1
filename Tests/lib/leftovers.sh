# Finds processes that outlived their test run. Sourced, not run.
#
# Everything that the run starts has PLANE_TESTS in its environment. PostgreSQL overwrites its environment with its
# process title, so its servers are recognized by their working directory: below $state, or in the cluster's other
# directory.

# Lists our processes: number and command.
our_processes() {
    local directory pid entry place
    for directory in /proc/[0-9]*; do
        pid=${directory#/proc/}
        place=$(readlink "$directory/cwd" 2>/dev/null) || continue
        if [[ $place == "$state"/* || (-n ${cluster:-} && $place == "$cluster"/*) ]] || has_our_mark "$directory"; then
            # What runs this very check has the mark as well.
            is_descendant "$pid" && continue
            entry=$(tr '\0' ' ' 2>/dev/null <"$directory/cmdline") || continue
            printf '%s %s\n' "$pid" "${entry:0:150}"
        fi
    done
}

has_our_mark() {
    local variable
    while IFS= read -r -d '' variable; do
        [[ $variable == "PLANE_TESTS=$state" ]] && return
    done 2>/dev/null <"$1/environ"
    return 1
}

# Whether process $1 is this shell or was started by it and still is its child.
is_descendant() {
    local pid=$1 stat fields
    while ((pid > 1)); do
        ((pid == $$)) && return
        { stat=$(<"/proc/$pid/stat"); } 2>/dev/null || return 0
        read -ra fields <<<"${stat##*) }"
        pid=${fields[1]}
    done
    return 1
}

no_processes_of_ours() {
    [[ -z $(our_processes) ]]
}

# Fails, after ending them, if processes of ours are left or the cluster's port still answers.
end_leftovers() {
    local status=0
    if ! await 5 no_processes_of_ours; then
        status=1
        warn 'these processes were left and are ended now:'
        # More than once: the tests themselves, if they are among them, may start something while the list is made.
        await 10 no_more_after_ending || warn 'some of them could not be ended'
    fi
    if [[ -n ${database_port:-} ]] && ! port_is_free 127.0.0.1 "$database_port"; then
        warn "somebody still listens on the port of our PostgreSQL, $database_port"
        status=1
    fi
    return "$status"
}

# Ends what is there; succeeds when there was nothing.
# shellcheck disable=SC2317 # `await` calls it
no_more_after_ending() {
    local left pid
    left=$(our_processes)
    [[ -n $left ]] || return 0
    printf '    %s\n' "${left//$'\n'/$'\n'    }" >&2
    while read -r pid _; do kill -KILL "$pid" 2>/dev/null || true; done <<<"$left"
    return 1
}
