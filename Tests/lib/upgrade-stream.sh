# Sends deliveries while programs are replaced, and records the answers. Sourced, not run.

senders=4 sender_processes=()

# Makes $state/plan, a line a delivery: file, event, signature. The samples, whose outcome is known in full, are spread
# over it in an order of their own; the others are about issues 5 to 256, as the samples are about the first four.
make_deliveries() {
    local line=0 sample samples=() signed event file signature
    openssl rand -hex 32 >"$state/secret"
    export GITHUB_WEBHOOK_SECRET_FILE=$state/secret
    unset GITHUB_WEBHOOK_SECRET
    mkdir -- "$state/bodies" "$state/answers"
    "$state/new/Benchmark" bodies 1600 "$state/secret" | LC_ALL=C awk -v directory="$state/bodies" '
        /^\{ body = / && !/"number":[1-4],/ {
            end = index($0, "]==], signature = ")
            file = sprintf("%s/%04d.json", directory, NR)
            printf "%s", substr($0, 14, end - 14) >file
            close(file)
            print file, "issues", substr($0, end + 19, 71)
        }' >"$state/plan.issues"
    mapfile -t samples < <(printf '%s\n' deploy/samples/[0-9]*.json | shuf)
    while read -r file event signature; do
        if ((line % 20 == 10 && line / 20 < ${#samples[@]})); then
            sample=${samples[line / 20]}
            signed=$(deploy/sign "$state/secret" <"$sample")
            printf '%s %s %s\n' "$sample" "$(cut -d . -f 2 <<<"${sample##*/}")" "$signed"
        fi
        printf '%s %s %s\n' "$file" "$event" "$signature"
        line=$((line + 1))
    done <"$state/plan.issues" >"$state/plan"
    ((line > 1000)) || die "only $line deliveries were made"
    sample_count=${#samples[@]}
    note "$((line + sample_count)) deliveries, ${sample_count} of them the samples"
}

begin_stream() {
    local number
    : >"$state/sending"
    for ((number = 0; number < senders; number++)); do
        : >"$state/answers/$number"
        send "$number" 9>&- &
        sender_processes+=("$!")
    done
}

# Senders finish what they are at. Those of a stream that is over are waited for no more.
end_stream() {
    rm -f -- "$state/sending"
    if ((${#sender_processes[@]})); then wait "${sender_processes[@]}" || true; fi
    sender_processes=()
}

# Sender $1: one delivery after the other, each over a connection of its own to the next node of $state/nodes. From
# time to time the same one goes to two nodes, as GitHub's redeliveries do. What was sent all goes again at the end,
# with new delivery ids.
send() {
    local number=$1 place=$1 turn=$1 plan id body event signature kind
    mapfile -t plan <"$state/plan"
    while [[ -e $state/sending ]]; do
        read -r body event signature <<<"${plan[place % ${#plan[@]}]}"
        read -r id </proc/sys/kernel/random/uuid
        kind=issue
        if [[ $body == deploy/samples/* ]]; then kind=sample; fi
        deliver "$kind"
        if ((place / senders % 10 == 9)); then deliver again; fi
        place=$((place + senders))
        sleep 0.15
    done
}

# Appends time, delivery id, kind, node, status, curl's status and the event's id to the answers.
deliver() {
    local addresses node answer failure=0 event_id=''
    mapfile -t addresses <"$state/nodes"
    turn=$((turn + 1))
    node=${addresses[turn % ${#addresses[@]}]}
    answer=$(curl --silent --max-time 15 --write-out ' %{http_code}' --header 'Content-Type: application/json' \
        --header 'User-Agent: GitHub-Hookshot/upgrade' --header "X-GitHub-Event: $event" \
        --header "X-GitHub-Delivery: $id" --header "X-Hub-Signature-256: $signature" --data-binary "@$body" \
        "http://$node/api/webhooks/github-mcp/") || failure=$?
    if [[ $answer =~ \"event_id\":\"([0-9a-f-]{36})\" ]]; then event_id=${BASH_REMATCH[1]}; fi
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$EPOCHREALTIME" "$id" "$1" "$node" "${answer##* }" "$failure" \
        "${event_id:-\\N}" >>"$state/answers/$number"
}

# How many deliveries were answered.
delivered() {
    cat -- "$state"/answers/* | wc -l
}

# How many of them other than with 202, or not at all.
refused() {
    cat -- "$state"/answers/* | awk -F '\t' '$5 != 202 { count++ } END { print count + 0 }'
}

# How many went to address $1.
delivered_to() {
    cat -- "$state"/answers/* | awk -F '\t' -v node="$1" '$4 == node { count++ } END { print count + 0 }'
}

# shellcheck disable=SC2317 # `await` calls it
samples_are_sent() {
    (($(cat -- "$state"/answers/* | awk -F '\t' '$3 == "sample" { count++ } END { print count + 0 }') >= sample_count))
}

# Sets where deliveries go from now on, and returns when no sender is at one that it began before.
send_to() {
    local number counts=()
    printf '%s\n' "$@" >"$state/nodes.new"
    mv -- "$state/nodes.new" "$state/nodes"
    [[ -e $state/sending ]] || return 0
    for ((number = 0; number < senders; number++)); do counts+=("$(wc -l <"$state/answers/$number")"); done
    await 20 every_sender_is_past "${counts[@]}" || die 'a sender is stuck'
}

# shellcheck disable=SC2317 # `await` calls it
every_sender_is_past() {
    local number
    for ((number = 0; number < senders; number++)); do
        (($(wc -l <"$state/answers/$number") > $1)) || return 1
        shift
    done
}
