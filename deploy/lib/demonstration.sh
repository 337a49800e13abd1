# The demonstration: posts the sample deliveries and shows the rows that they create in Plane. Sourced, not run.

endpoint_path=/api/webhooks/github-mcp/

new_guid() {
    cat /proc/sys/kernel/random/uuid
}

# Posts body $1 as event $2 with delivery id $3, signed with secret file $4. Prints the status, then the answer.
post_delivery() {
    local signature
    signature=$(deploy/sign "$4" <"$1")
    curl --silent --show-error --max-time 15 --write-out '\n%{http_code}' \
        --header 'Content-Type: application/json' --header 'User-Agent: GitHub-Hookshot/demo000' \
        --header "X-GitHub-Event: $2" --header "X-GitHub-Delivery: $3" \
        --header "X-Hub-Signature-256: $signature" --data-binary "@$1" "$base_url$endpoint_path" |
        awk '{ line[NR] = $0 } END { printf "%s", line[NR]; for (n = 1; n < NR; n++) printf " %s", line[n]; print "" }'
}

# Lists the samples in an order drawn from a seed, so that an order that made trouble can be had again.
shuffled_samples() {
    printf '%s\n' deploy/samples/[0-9]*.json |
        awk -v seed="$1" 'BEGIN { srand(seed) } { printf "%.9f\t%s\n", rand(), $0 }' | sort | cut -f 2
}

# Posts sample $1 with delivery id $2 and says how it was answered. The answer is to begin with
# status $3 and to contain $4; others are counted in `refusals`.
post_sample() {
    local number event action issue answer mark=''
    IFS=. read -r number event action issue _ <<<"$(basename -- "$1")"
    answer=$(post_delivery "$1" "$event" "$2" "$state/secret") || answer='000 no answer'
    if [[ $answer != "$3"*"${4:-}"* ]]; then
        mark="  << expected $3 ${4:-}"
        refusals=$((refusals + 1))
    fi
    printf '    %s  %-13s %-9s #%s  %s%s\n' "$number" "$event" "$action" "$issue" "$answer" "$mark"
}

# A delivery that knows the wrong secret must not get in.
post_forgery() {
    local forged=$state/run/wrong-secret answer
    printf 'not the secret\n' >"$forged"
    answer=$(post_delivery deploy/samples/01.issues.opened.1.json issues "$(new_guid)" "$forged") || answer='000'
    rm -f -- "$forged"
    if [[ $answer != 401* ]]; then
        warn "a delivery with a wrong signature was answered $answer"
        refusals=$((refusals + 1))
    fi
    printf '    --  wrong signature           %s\n' "$answer"
}

# Posts all `samples` in the order of `seed`, then one of them again. Sets `deliveries` to their ids.
post_samples() {
    local sample guid
    seed=${DEMO_SEED:-$RANDOM} refusals=0 deliveries=()
    mapfile -t samples < <(shuffled_samples "$seed")
    note "${#samples[@]} deliveries in shuffled order (DEMO_SEED=$seed repeats it), number = their order on GitHub"
    for sample in "${samples[@]}"; do
        guid=$(new_guid)
        deliveries+=("$guid")
        post_sample "$sample" "$guid" 202
    done
    note 'one of them again, as a redelivery has the same id, and one with a wrong signature'
    post_sample "${samples[0]}" "${deliveries[0]}" 202 '"duplicate":true'
    post_forgery
}

# The ids of the deliveries as a PostgreSQL array.
delivery_array() {
    local IFS=,
    printf '{%s}' "${deliveries[*]}"
}

unfinished_deliveries() {
    sql --tuples-only --no-align --set=deliveries="$(delivery_array)" <<'END'
select count(*) from github_sync.github_webhook_events
where delivery_id = any (:'deliveries'::text[]) and status in ('pending', 'processing');
END
}

# Waits until the workers are through with the samples; fails when they are not within two minutes.
await_samples() {
    local deadline=$((SECONDS + 120)) left before=''
    while left=$(unfinished_deliveries) && ((left > 0)); do
        if [[ $left != "$before" ]]; then note "$left to go"; fi
        before=$left
        if ! recorded_process plane-worker >/dev/null; then
            warn 'plane-worker has ended'
            return 1
        fi
        if ((SECONDS >= deadline)); then
            warn "$left deliveries were not done within 120 s"
            return 1
        fi
        sleep 0.3
    done
    note 'the queue is drained'
}

# Lists what did not come out as it should: nothing when all is well.
unmet_expectations() {
    sql --tuples-only --no-align --set=deliveries="$(delivery_array)" --file=deploy/samples/unmet.sql
    # In a Plane that people use, the rules may have been broken by others.
    if [[ $content != plane && -e sql/plane/rules.sql ]]; then
        sql --tuples-only --no-align --file=sql/plane/rules.sql
    fi
}

# The whole demonstration; fails when anything was not as it should be.
demonstrate() {
    local unmet drained=true
    step 'Posting sample deliveries'
    post_samples
    step 'Waiting for the worker'
    await_samples || drained=false
    step 'What Plane has now'
    sql --file=deploy/samples/result.sql
    "$programs/plane-worker" status
    unmet=$(unmet_expectations)
    if [[ -z $unmet && $refusals == 0 && $drained == true ]]; then
        return
    fi
    warn "not as it should be, see $log: $refusals answers${unmet:+, and in the database:}"
    if [[ -n $unmet ]]; then printf '    %s\n' "${unmet//$'\n'/$'\n'    }" >&2; fi
    return 1
}
