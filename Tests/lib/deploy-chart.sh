# Checks the Helm chart in deploy/helm. Sourced, not run; Tests/lib/deploy-checkers.sh calls it, after kustomize.

check_chart() {
    choose 'deploy/helm/*' || return 0
    check 'chart (the schema of its values)' check-jsonschema --check-metaschema deploy/helm/values.schema.json
    if [[ ! -x $python_tools/bin/helm ]]; then
        note "skipped chart (helm): there is no helm for $(uname -m) among Python's packages"
        return
    fi
    check 'chart (helm lint)' chart_passes_lint
    check 'chart (like kustomize, each value, wrong values)' \
        python3 Tests/lib/check-chart.py deploy/helm Tests/lib/chart-values.yaml "$state"/{plain,everything}.yaml
    check 'chart (kubernetes-validate, required keys)' chart_is_valid
    check 'chart (packed, and what it says at its end)' chart_is_packed
}

chart_passes_lint() {
    helm lint --strict deploy/helm
    helm lint --strict deploy/helm --values Tests/lib/chart-values.yaml
}

# Whatever can be turned off is on.
all_on=(--set toolbox.enabled=true --set prune.enabled=true --set networkPolicy.enabled=true)

chart_is_valid() {
    helm template plane deploy/helm >"$state/chart.yaml"
    helm template plane deploy/helm --values Tests/lib/chart-values.yaml "${all_on[@]}" >"$state/chart-changed.yaml"
    is_valid "$state/chart.yaml" "$state/chart-changed.yaml"
    python3 Tests/lib/check-custom-resources.py "$state/chart-changed.yaml"
}

# A packed chart has the files that its links lead to, and so it gives the same. What is said after an installation
# names nothing but what is there.
chart_is_packed() {
    local name objects=$state/installed notes=$state/notes
    helm package deploy/helm --destination "$state/packed"
    helm template plane "$state"/packed/*.tgz | diff - "$state/chart.yaml"
    helm install plane "$state"/packed/*.tgz --dry-run=client --values Tests/lib/chart-values.yaml \
        "${all_on[@]}" >"$objects"
    sed '1,/^NOTES:$/d' "$objects" >"$notes"
    sed -i '/^NOTES:$/,$d' "$objects"
    while read -r name; do
        grep -qE "name: $name\$" "$objects" || { printf 'the notes name %s, which is not there\n' "$name" && return 1; }
    done < <(grep -oE '(other|plane)-[a-z]+\b' "$notes" | grep -v plane-github | sort -u)
    grep -q 'https://hooks.example.org/api/webhooks/github-mcp/' "$notes"
}
