# Prints messages for the person who runs a script. Sourced, not run.

if [[ -t 1 ]]; then
    bold=$'\e[1m' plain=$'\e[0m'
else
    bold='' plain=''
fi

# The beginning of a step.
step() {
    printf '%s==> %s%s\n' "$bold" "$*" "$plain"
}

# A fact within a step.
note() {
    printf '    %s\n' "$*"
}

warn() {
    printf 'warning: %s\n' "$*" >&2
}

# Ends the script: what went wrong, in one line, and below it what to do about it.
die() {
    printf 'error: %s\n' "$1" >&2
    shift
    if (($#)); then printf '       %s\n' "$@" >&2; fi
    exit 1
}

# A command line called wrongly; scripts promise status 2 for it.
usage_error() {
    printf '%s: %s (try --help)\n' "$(basename -- "$0")" "$1" >&2
    exit 2
}

# Prints the comment at the head of a script: it is the script's help.
print_header() {
    sed -n '2,/^[^#]/{/^#/!q;s/^# \{0,1\}//;p}' "$1"
}

# The last lines of the logs that exist and are not empty.
show_tails() {
    local log
    for log in "$@"; do
        [[ -s $log ]] || continue
        printf -- '--- last lines of %s\n' "$log" >&2
        tail -n 25 -- "$log" >&2
    done
}
