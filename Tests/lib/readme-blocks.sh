# Runs the code blocks of README.md and the manual. Sourced, not run.

# Writes $state/NNN.sh for each ```sh block of the pages, NNN.text for what it prints, NNN.mark for the comment above it,
# and NNN.place for the page and the line where it begins. Commands find their .local in $LOCAL_STATE.
split_blocks() {
    awk -v state="$state" '
        function file(kind) { return sprintf("%s/%03d.%s", state, number, kind) }
        function unknown(where, what) { print where ": " what > (state "/unknown") }
        FNR == 1 {
            if (inside) unknown(page, "the last block has no end")
            page = FILENAME
            inside = after_commands = 0
            mark = ""
        }
        inside && /^```$/ {
            close(target)
            inside = 0
            after_commands = language == "sh"
            next
        }
        inside && language == "sh" { gsub(/\.local\//, ENVIRON["LOCAL_STATE"] "/") }
        inside { if (target != "") print > target; next }
        /^```/ {
            inside = 1
            language = substr($0, 4)
            target = ""
            if (language == "sh") {
                number++
                target = file("sh")
                printf "" > target
                print page ", line " FNR > file("place")
                print mark > file("mark")
                close(file("place"))
                close(file("mark"))
            } else if (language == "text" && after_commands) {
                target = file("text")
            } else if (language != "text") {
                unknown(page ", line " FNR, "a block of language \"" language "\" is neither run nor known")
            }
            mark = ""
            after_commands = 0
            next
        }
        /^( +```|~~~)/ { unknown(page ", line " FNR, "a block must begin with ``` in the first column") }
        /[^ ]/ { after_commands = 0; mark = /^<!-- .* -->$/ ? substr($0, 6, length($0) - 9) : "" }
        END { if (inside) unknown(page, "the last block has no end") }
    ' "${pages[@]}"
    if [[ -e $state/unknown ]]; then problem "$(cat -- "$state/unknown")"; fi
}

run_blocks() {
    local block mark run=0 left=0
    start_reader
    for block in "$state"/*.sh; do
        block=${block%.sh}
        mark=$(cat -- "$block.mark")
        case $mark in
            '' | 'run in the background until: '*)
                run=$((run + 1))
                if [[ -n $mark ]]; then start_block "$block" "${mark#*: }"; else run_block "$block"; fi
                check_output "$block"
                ;;
            'not run: '*)
                left=$((left + 1))
                note "$(cat -- "$block.place"): $mark"
                ;;
            *) problem "$(cat -- "$block.place"): the comment above says '$mark', which means nothing" ;;
        esac
    done
    note "$run blocks run, $left not run"
    ((run > 0)) || problem 'no block was run'
    stop_background
}

# Starts the shell in which all blocks run. It reads the names of their files and answers with their exit status.
start_reader() {
    cat >"$state/reader" <<'END_OF_READER'
while read -r block; do
    set -euo pipefail
    trap 'echo "$?" >&3' EXIT
    . "$block.sh" >"$block.out" 2>&1 </dev/null
    trap - EXIT
    echo 0 >&3
done
END_OF_READER
    mkfifo -- "$state/ask" "$state/answer"
    setsid bash "$state/reader" <"$state/ask" 3>"$state/answer" &
    exec {ask}>"$state/ask" {answer}<"$state/answer"
}

run_block() {
    local status
    printf '%s\n' "$1" >&"$ask"
    read -r -t 60 status <&"$answer" || status='none within 60 s'
    if [[ $status != 0 ]]; then
        show_tails "$1.out"
        die "$(cat -- "$1.place"): the block ended with status $status"
    fi
    await 30 is_drained || die "$(cat -- "$1.place"): the queue did not drain afterwards"
}

# A human reader takes a moment before the next block, and by then the queue is empty. So each block waits for that.
is_drained() {
    local port
    port=$(cut -d : -f 2 -- "$LOCAL_STATE/pgpass" 2>/dev/null) || return 0
    [[ $(PGPASSFILE=$LOCAL_STATE/pgpass psql --no-psqlrc --tuples-only --no-align --host=127.0.0.1 --port="$port" \
        --username=plane --dbname=plane --command="select count(*) from github_sync.github_webhook_events
            where status in ('pending', 'processing')") == 0 ]]
}

# Starts the one command of a block and waits for the line.
start_block() {
    local block=$1 text=$2
    : >"$block.out"
    setsid bash -c "exec $(cat -- "$block.sh")" >"$block.out" 2>&1 </dev/null &
    background=$! background_block=$block
    await 120 says_or_ended "$text" || true
    if ! grep -qF -- "$text" "$block.out"; then
        show_tails "$block.out"
        die "$(cat -- "$block.place"): the command did not come to say '$text'"
    fi
}

# shellcheck disable=SC2317 # `await` calls it
says_or_ended() {
    grep -qF -- "$1" "$background_block.out" || process_is_gone "$background"
}

# Stops the background block as Ctrl-C would. It must end cleanly, too.
stop_background() {
    local status=0
    exec {ask}>&-
    [[ -n ${background:-} ]] || return 0
    kill -TERM "$background" 2>/dev/null || true
    wait "$background" || status=$?
    if ((status != 143)) || grep -q '^warning: ' "$background_block.out"; then
        show_tails "$background_block.out"
        problem "what ran in the background ended with status $status"
    fi
}

# Each line that the page shows must be among the printed lines. White space does not count, and … is any text.
check_output() {
    local missing
    [[ -e $1.text ]] || return 0
    missing=$(perl -e '
        my ($expected, $printed) = @ARGV;
        sub lines { open my $file, "<", shift or die; map { s/\s+/ /g; s/^ | $//g; $_ } <$file> }
        my @printed = lines($printed);
        for my $line (grep { length } lines($expected)) {
            my $pattern = join ".*", map { quotemeta } split /\xe2\x80\xa6/, $line, -1;
            print "    $line\n" unless grep { /^$pattern$/ } @printed;
        }' "$1.text" "$1.out")
    if [[ -n $missing ]]; then
        show_tails "$1.out"
        problem "$(cat -- "$1.place"): the block does not print"$'\n'"$missing"
    fi
}
