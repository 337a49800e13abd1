# Checks what deploy/container/make-secrets makes, and that PostgreSQL lets its login roles in. Sourced, not run;
# Tests/lib/deploy-checkers.sh calls it.

# --help makes nothing, nor does a run in which any of the calls of openssl fails. A second run adds only what is
# missing.
secrets_are_made() {
    local call copy=$state/copy make=$PWD/deploy/container/make-secrets secrets status=0
    mkdir -p -- "$copy/deploy" "$copy/bin" "$copy/made"
    cp -r deploy/container deploy/lib "$copy/deploy"
    rm -rf -- "$copy/deploy/container/secrets"
    cd -- "$copy/made"
    ../deploy/container/make-secrets --help | grep -q make-secrets
    ../deploy/container/make-secrets --secret || status=$?
    [[ $status == 2 && ! -e ../deploy/container/secrets ]]
    is_empty

    # Fails at the call that FAILS says.
    # shellcheck disable=SC2016 # the stub expands it
    printf '#!/bin/sh\nprintf . >>"$COUNT"; [ $(wc -c <"$COUNT") -ne "$FAILS" ] && exec %s "$@"\n' \
        "$(command -v openssl)" >"$copy/bin/openssl"
    chmod +x -- "$copy/bin/openssl"
    for call in {1..20}; do
        : >"$copy/count"
        if COUNT=$copy/count FAILS=$call PATH=$copy/bin:$PATH "$make" secrets 2>"$copy/errors"; then break; fi
        is_empty
        grep -q '^error: no secrets were made in secrets$' "$copy/errors"
    done
    (($(wc -c <"$copy/count") == call - 1)) || { printf 'it went on after call %s had failed\n' "$call" && return 1; }

    [[ $("$make" secrets) == '' ]]
    cp -a secrets old
    rm old/prune-database.conf
    sed -i /plane_prune/d old/login-roles.sql
    "$make" old | diff - <(printf 'made old/%s\n' login-roles.sql prune-database.conf)
    diff -r --exclude=login-roles.sql --exclude=prune-database.conf secrets old
}

# Whether nothing is in the working directory.
is_empty() {
    [[ $(ls -A) == '' ]] || { printf 'left behind:\n' && ls -AR && return 1; }
}

# As in compose.yaml: a database made before there was a role for prune gets it, and what is there is not touched.
login_roles_are_made() {
    local kind secrets=$state/login-secrets
    deploy/container/make-secrets "$secrets"
    start_plane_cluster
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
