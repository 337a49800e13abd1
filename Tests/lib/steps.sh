# Runs named steps and notes how long each took. Sourced, not run.

steps=() step_name='' step_started=0 run_started=$SECONDS

# Runs command $2… as the step named $1.
in_step() {
    step_name=$1 step_started=$SECONDS
    step "$1"
    shift
    "$@"
    steps+=("$(printf '%-14s %4d s' "$step_name" $((SECONDS - step_started)))")
    step_name=''
}

# Notes the step that a failure or a signal cut short.
close_step() {
    if [[ -n $step_name ]]; then
        steps+=("$(printf '%-14s %4d s  not finished' "$step_name" $((SECONDS - step_started)))")
    fi
}

# The summary; $1 is the status the run ends with.
print_steps() {
    local line
    step 'Summary'
    if ((${#steps[@]})); then
        for line in "${steps[@]}"; do note "$line"; done
    fi
    note "$(printf '%-14s %4d s' 'in all' $((SECONDS - run_started)))"
    if (($1 == 0)); then
        note 'All is well.'
    else
        warn "failed with status $1"
    fi
}
