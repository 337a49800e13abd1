# Runs named steps and notes how long each took. Sourced, not run.

steps=() beside=() step_name='' step_started=0 run_started=$SECONDS

# Runs command $2… as the step named $1.
in_step() {
    step_name=$1 step_started=$SECONDS
    step "$1"
    shift
    "$@"
    steps+=("$(printf '%-16s %4d s' "$step_name" $((SECONDS - step_started)))")
    step_name=''
}

# Runs command $2… as the step named $1 beside those that follow. What it prints is kept until `await_beside`.
begin_beside() {
    local name=$1 ended="$state/run/end of $1"
    shift
    (
        trap end_jobs EXIT
        trap 'exit 143' TERM
        "$@"
        printf '%s\n' "$SECONDS" >"$ended"
    ) >"$state/log/$name.log" 2>&1 &
    beside+=("$! $SECONDS $name")
}

# Runs a command beside others with the processor time that they leave.
at_idle() {
    chrt --idle --pid 0 "$BASHPID"
    "$@"
}

# Waits for the steps that run beside. Fails if one of them failed.
await_beside() {
    local entry pid started name ended status failed=0
    for entry in "${beside[@]}"; do
        read -r pid started name <<<"$entry"
        status=0
        wait "$pid" || status=$?
        step "$name"
        cat -- "$state/log/$name.log"
        ended=$(cat -- "$state/run/end of $name" 2>/dev/null || echo "$SECONDS")
        steps+=("$(printf '%-16s %4d s  beside others%s' "$name" $((ended - started)) "$(
            if ((status)); then echo ', failed'; fi)")")
        if ((status)); then failed=$status; fi
    done
    beside=()
    return "$failed"
}

# Ends what still runs beside when the run is over.
end_beside() {
    local entry pid
    for entry in "${beside[@]}"; do
        read -r pid _ <<<"$entry"
        kill -TERM "$pid" 2>/dev/null || continue
        await 60 process_is_gone "$pid" || kill -KILL "$pid" 2>/dev/null || true
    done
}

# Notes the step that a failure or a signal cut short.
close_step() {
    if [[ -n $step_name ]]; then
        steps+=("$(printf '%-16s %4d s  not finished' "$step_name" $((SECONDS - step_started)))")
    fi
}

# The summary; $1 is the status the run ends with.
print_steps() {
    local line
    step 'Summary'
    if ((${#steps[@]})); then
        for line in "${steps[@]}"; do note "$line"; done
    fi
    note "$(printf '%-16s %4d s' 'in all' $((SECONDS - run_started)))"
    if (($1 == 0)); then
        note 'All is well.'
    else
        warn "failed with status $1"
    fi
}
