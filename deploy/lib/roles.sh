# Creates login roles for the programs, as members of the group roles of sql/roles.sql, in a private cluster. Sourced,
# not run.

# Gives the group roles what they may do in the database that `sql` speaks to, as its superuser.
apply_roles() {
    sql --file=sql/roles.sql >/dev/null
}

# Makes a private cluster whose database `plane` has Plane's tables and our group roles, and speaks to that database.
start_plane_cluster() {
    start_cluster
    use_database "$(cluster_url postgres)"
    sql --command='create database plane'
    use_database "$(cluster_url plane)"
    load_plane_schema
    apply_roles
}

# Makes the login roles $1_owner, $1_ingest, $1_worker, $1_admin, $1_prune, $1_monitor and $1_viewer, all with the
# password in role_password; those whose group an older sql/roles.sql did not make are left out. It reaches psql on standard input:
# an argument would be seen by everyone on the machine.
make_login_roles() {
    role_password=${role_password:-$(openssl rand -hex 24)}
    sql <<END
select format('create role %I login password %L in role %I', '$1_' || kind, '$role_password', rolname)
from unnest(array['owner', 'ingest', 'worker', 'admin', 'prune', 'monitor', 'viewer']) as kind
join pg_roles on rolname = 'plane_sync_' || kind \gexec
END
}

# The address of database $2 of the cluster for login role $1.
role_url() {
    printf 'postgresql://%s:%s@127.0.0.1:%s/%s\n' "$1" "$role_password" "$database_port" "$2"
}
