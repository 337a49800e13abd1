# Starts processes, waits for them and ends them, so that none outlives its script. Sourced, not run.
#
# A process that may take long or keeps running gets its own process group. So Ctrl-C in the terminal reaches only the
# script, which then ends the others in order. File descriptor 9 is the lock of the script. It is closed in every
# process that could outlive the script; otherwise the lock would stay held after the script was killed.

# Runs a command that may take long. A signal to the script ends the wait at once; `end_jobs` ends the command.
run_interruptibly() {
    setsid "$@" 9>&- &
    wait "$!"
}

# Asks a command again and again until it succeeds; fails when $1 seconds are over.
await() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.2
    done
}

# Ends what `run_interruptibly` left behind, whole groups at a time.
end_jobs() {
    local group
    for group in $(jobs -pr); do
        kill -TERM -- "-$group" 2>/dev/null || kill -TERM "$group" 2>/dev/null || continue
        await 30 group_is_gone "$group" || kill -KILL -- "-$group" 2>/dev/null || true
    done
}

group_is_gone() {
    ! kill -0 -- "-$1" 2>/dev/null
}

process_is_gone() {
    ! kill -0 "$1" 2>/dev/null
}

# A process's start time, in ticks since boot: with its number it names a process for good.
process_start() {
    local stat fields
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    read -ra fields <<<"${stat##*) }"
    printf '%s\n' "${fields[19]}"
}

# Starts program $2… in the background, its output in $state/log/$1.log, and records which process it is.
start_program() {
    local name=$1
    shift
    setsid "$@" >"$state/log/$name.log" 2>&1 9>&- &
    printf '%s %s\n' "$!" "$(process_start "$!")" >"$state/run/$name"
}

# The process number of a program recorded in $state/run, if that very process still runs.
recorded_process() {
    local pid start
    read -r pid start 2>/dev/null <"$state/run/$1" || return 1
    [[ $(process_start "$pid") == "$start" ]] || return 1
    printf '%s\n' "$pid"
}

# Ends a recorded program: TERM, then KILL when $2 seconds did not suffice. Says how it ended, and fails if that
# was not by itself with status 0.
stop_program() {
    local name=$1 seconds=$2 pid status=0 unclean=0
    if pid=$(recorded_process "$name"); then
        kill -TERM "$pid" 2>/dev/null || true
        if await "$seconds" process_is_gone "$pid"; then
            wait "$pid" 2>/dev/null || status=$?
            # 127: a process of an earlier, killed run; only its parent could know how it ended.
            if ((status == 0 || status == 127)); then
                note "$name has stopped"
            else
                unclean=1
                warn "$name has stopped with status $status, see $state/log/$name.log"
            fi
        else
            unclean=1
            kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
            wait "$pid" 2>/dev/null || true
            warn "$name did not stop within $seconds s and was killed, see $state/log/$name.log"
        fi
    fi
    rm -f -- "$state/run/$name"
    return "$unclean"
}

# A free TCP port of the loopback interface, chosen by the kernel.
free_port() {
    perl -MIO::Socket::INET -e \
        'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1", LocalPort => 0)->sockport, "\n"'
}

# Whether nobody listens on port $2 of address $1.
port_is_free() {
    perl -MIO::Socket::INET -e \
        'exit !IO::Socket::INET->new(Listen => 1, LocalAddr => $ARGV[0], LocalPort => $ARGV[1], ReuseAddr => 1)' \
        "$1" "$2"
}
