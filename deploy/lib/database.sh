# The database that the programs use: how to reach it, and how to create Plane's tables in it. Sourced, not run.

# Makes $1 the database of the programs (DATABASE_URL) and of `sql`.
#
# The password goes to psql through the environment: an argument would be seen by everyone on the machine.
use_database() {
    export DATABASE_URL=$1
    database_target=$1 database_secret=''
    if [[ $1 =~ ^(postgres(ql)?://[^:/@?]*):([^@/?]*)@(.*)$ ]]; then
        database_target=${BASH_REMATCH[1]}@${BASH_REMATCH[4]}
        database_secret=${BASH_REMATCH[3]}
    elif [[ $1 =~ ^(.*[?\&])password=([^\&]*)\&?(.*)$ ]]; then
        database_target=${BASH_REMATCH[1]}${BASH_REMATCH[3]}
        database_secret=${BASH_REMATCH[2]}
    fi
    database_secret=${database_secret//\\/\\\\}
    printf -v database_secret '%b' "${database_secret//%/\\x}"
}

# Runs psql on that database with --command or --file, or with the standard input. It ends at the first error.
#
# The search_path holds only PostgreSQL's own schema. Otherwise a function or an operator that somebody put into another
# schema could run with our rights. A statement sets it, because PGOPTIONS has no effect if the address has options. Not
# behind a pooler in transaction mode, which would keep the setting for another client.
sql() (
    local argument first=() input=(--file=-)
    if [[ -n $database_secret ]]; then export PGPASSWORD=$database_secret; fi
    if [[ ${DATABASE_POOLED:-} != true ]]; then first=(--command='set search_path = pg_catalog'); fi
    for argument in "$@"; do
        if [[ $argument == --command=* || $argument == --file=* ]]; then input=(); fi
    done
    exec psql --no-psqlrc --quiet --pset=pager=off --set=ON_ERROR_STOP=1 --set=VERBOSITY=terse \
        --dbname="$database_target" "${first[@]}" "$@" "${input[@]}"
)

# Prints the single value that a query returns.
sql_value() {
    sql --tuples-only --no-align --command="$1"
}

# Prints whose tables the database has: `none`, `demo` (made from sql/plane), `plane` or `other`.
database_content() {
    if [[ $(sql_value "select to_regclass('public.workspaces') is not null
            and to_regclass('public.issues') is not null") == t ]]; then
        # The demo workspace's id is fixed in sql/plane/demo.sql; a real Plane draws its ids.
        if [[ $(sql_value "select exists (select from public.workspaces
                where id = '20000000-0000-4000-8000-000000000001' and slug = 'demo')") == t ]]; then
            printf 'demo\n'
        else
            printf 'plane\n'
        fi
    elif [[ $(sql_value "select exists (select from pg_catalog.pg_class
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f'))") == t ]]; then
        printf 'other\n'
    else
        printf 'none\n'
    fi
}

# Loads the Plane-compatible schema and the demo workspace. Only for an empty database.
load_plane_schema() {
    local file files=(sql/plane/schema*.sql)
    [[ -e ${files[0]} ]] || die 'sql/plane/schema.sql is missing: there is no Plane-compatible schema to load'
    [[ -e sql/plane/demo.sql ]] || die 'sql/plane/demo.sql is missing: there is no demo workspace to load'
    for file in "${files[@]}"; do
        sql --file="$file"
    done
    sql --single-transaction --file=sql/plane/demo.sql
}

# Brings our own tables up to date with the program $1/plane-worker, and makes sure that it did. $2: the address to
# do it with, if not that of `sql`.
migrate() {
    DATABASE_URL=${2:-$DATABASE_URL} "$1/plane-worker" migrate
    [[ $(sql_value "select to_regclass('github_sync.github_webhook_events') is not null") == t ]] ||
        die 'plane-worker migrate ended well, yet there is no table github_sync.github_webhook_events'
}
