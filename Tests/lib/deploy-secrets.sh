# Checks what deploy/container/make-secrets makes, and that PostgreSQL lets its login roles in. Sourced, not run;
# Tests/lib/deploy-checkers.sh calls it.

# --help makes nothing, nor does a run in which any of the calls of openssl fails. A second run adds only what is
# missing.
secrets_are_made() {
    local call copy=$state/copy secrets status=0
    mkdir -p -- "$copy/deploy" "$copy/bin" "$copy/made"
    cp -r deploy/container deploy/lib "$copy/deploy"
    rm -rf -- "$copy/deploy/container/secrets"
    "$copy/deploy/container/make-secrets" --help >"$copy/help"
    grep -q make-secrets "$copy/help"
    "$copy/deploy/container/make-secrets" --secret 2>"$copy/help" || status=$?
    [[ $status == 2 && ! -e $copy/deploy/container/secrets ]] || { printf 'help made secrets\n' && return 1; }

    # shellcheck disable=SC2016 # the stub expands it
    printf '#!/bin/sh\nprintf . >>"$COUNT"; [ $(wc -c <"$COUNT") -lt "$FAILS" ] && exec %s "$@"\n' \
        "$(command -v openssl)" >"$copy/bin/openssl"
    chmod +x -- "$copy/bin/openssl"
    for call in {1..12}; do
        : >"$copy/count"
        if COUNT=$copy/count FAILS=$call PATH=$copy/bin:$PATH deploy/container/make-secrets "$copy/made/secrets" \
            >"$copy/output" 2>&1; then
            break
        fi
        [[ $(ls -A "$copy/made") == '' ]] || { printf 'left by a failure at step %s:\n' "$call" && ls -R "$copy/made" && return 1; }
        grep -q "^error: no secrets were made in $copy/made/secrets" "$copy/output"
    done
    ((call > 3))

    secrets=$copy/made/secrets
    [[ $(deploy/container/make-secrets "$secrets") == '' ]]
    cp -a -- "$secrets" "$copy/old"
    rm -- "$copy/old/prune-database.conf"
    sed -i /plane_prune/d "$copy/old/login-roles.sql"
    deploy/container/make-secrets "$copy/old" | sed 's|.*/||' | diff - <(printf '%s\n' login-roles.sql prune-database.conf)
    diff -r --exclude=login-roles.sql --exclude=prune-database.conf "$secrets" "$copy/old"
}

# As in compose.yaml: a database made before there was a role for prune gets it, and what is there is not touched.
login_roles_are_made() {
    local kind secrets=$state/login-secrets
    deploy/container/make-secrets "$secrets"
    start_cluster
    use_database "$(cluster_url postgres)"
    sql --command='create database plane'
    use_database "$(cluster_url plane)"
    load_plane_schema
    apply_roles
    sed /plane_prune/d "$secrets/login-roles.sql" | sql
    sql --file="$secrets/login-roles.sql" --file="$secrets/login-roles.sql"
    for kind in owner ingest worker admin prune dashboard; do
        PGSERVICEFILE=$secrets/$kind-database.conf psql --no-psqlrc --quiet --tuples-only --no-align \
            --dbname="service=plane host=127.0.0.1 port=$database_port" --command="
            select $kind.role, current_user = 'plane_$kind', pg_has_role($kind.role, 'member')
            from (select 'plane_sync_' || case '$kind' when 'dashboard' then 'worker' else '$kind' end) as $kind (role)"
    done | tee "$state/logins"
    [[ $(grep -c '|t|t$' "$state/logins") == 6 ]]
}
