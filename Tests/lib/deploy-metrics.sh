# Checks that the metrics, tables and columns that rules, dashboards and manifests name exist. Sourced, not run.

# The metrics that the programs show, one a line, as they are named in the sources: whole, or with a \(name) whose
# values are the first words of the table in the same file.
declared_metrics() {
    grep -rhoE '"(plane_(ingest|worker|queue|fleet|outbound|build)|github_mcp)_[a-z0-9_]+"' Sources | tr -d '"'
    local file pattern word
    while IFS=: read -r file pattern; do
        pattern=${pattern//\"/}
        while read -r word; do
            printf '%s\n' "${pattern/\\(name)/$word}"
        done < <(grep -oE '^ *\("[a-z]+", "' "$file" | grep -oE '[a-z]+')
    done < <(grep -roE '"plane_[a-z_]+\\\(name\)[a-z_]*"' Sources)
}

# Those that $@ name.
named_metrics() {
    grep -hoE '\b(plane_(ingest|worker|queue|fleet|outbound|build)|github_mcp)_[a-z0-9_]+' "$@"
}

# A histogram is declared by the name that its series have without _bucket, _sum and _count.
check_metric_names() {
    local name count=0 unknown=0
    declared_metrics | sort -u >"$state/declared"
    while read -r name; do
        count=$((count + 1))
        if ! grep -qxF -e "$name" -e "${name%_bucket}" -e "${name%_sum}" -e "${name%_count}" "$state/declared"; then
            printf 'no program shows %s, which is named in %s\n' "$name" "$(grep -lw -- "$name" "$@" | tr '\n' ' ')"
            unknown=$((unknown + 1))
        fi
    done < <(named_metrics "$@" | sort -u)
    printf '%s metrics named\n' "$count"
    ((unknown == 0 && count > 0))
}

# What the files take from our schema has to be made by a migration.
check_relation_names() {
    local name unknown=0 count=0
    while read -r name; do
        count=$((count + 1))
        if ! grep -qE "^create (table|view|or replace view) $name( |\$)" sql/migrations/*.sql; then
            printf 'no migration makes %s\n' "$name"
            unknown=$((unknown + 1))
        fi
    done < <(grep -hoE '\bgithub_sync\.[a-z_]+' "$@" | sort -u)
    printf '%s relations named\n' "$count"
    ((unknown == 0 && count > 0))
}
