# Builds the container image with podman, and starts containers from it. Sourced, not run; Tests/check-image calls it.

image=localhost/plane-github-sync
revision=0123456789abcdef0123456789abcdef01234567

# Sees images and containers of this run only. runc works with every layout of control groups.
choose_podman() {
    podman=(podman --root "$state/images" --runroot "$state/containers" --tmpdir "$state/podman"
        --cgroup-manager cgroupfs --events-backend none --runtime runc)
}

isolated_podman() {
    "${podman[@]}" "$@"
}

# With no network, no right, no file that can be written, and limits that any machine allows. Asking for its health is
# left to this script: podman would want timers of systemd for that.
run_container() {
    isolated_podman run --pull never --network none --read-only --read-only-tmpfs=false --cap-drop all \
        --security-opt no-new-privileges --ulimit nofile=4096:4096 --ulimit nproc=1024:1024 \
        --health-interval disable "${swift_libraries[@]}" "$@"
}

# Ends them without waiting, and lets go of what is mounted.
remove_containers() {
    [[ -d $state/images ]] || return 0
    isolated_podman rm --all --force --time 0 >/dev/null 2>&1
    isolated_podman image umount --all --force >/dev/null 2>&1
    umount --recursive --lazy "$state/images" 2>/dev/null
}

# The root of `make_base` as an image, and for a full build one that can compile, with the toolchain to be mounted.
make_base_images() {
    local started=$SECONDS
    tar --create --exclude=./project -C "$base" . |
        isolated_podman import --quiet - localhost/base >"$state/log/import" 2>&1 ||
        { cat -- "$state/log/import" >&2 && die 'podman could not import the root directory'; }
    swift_libraries=()
    run_container --rm localhost/base true >"$state/log/first" 2>&1 ||
        skip "no container can be started here: $(tail -n 1 -- "$state/log/first")"
    if [[ -n $full ]]; then
        cat >"$state/swift" <<END
FROM localhost/base
RUN apt-get update && apt-get install --yes --no-install-recommends g++ libcurl4 libncurses6 libsqlite3-0 libxml2
ENV PATH=$toolchain/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
END
        build --file "$state/swift" --tag localhost/swift .
    fi
    note "$(printf '%3d s  base images' $((SECONDS - started)))"
}

# Runs `podman build`, and shows the end of what it says if it fails. Without a namespace for its network apt reaches
# the mirror as this machine does.
build() {
    run_interruptibly "${podman[@]}" build --format docker --isolation chroot --network host --pull=never "$@" \
        >"$state/log/build" 2>&1 || { show_tails "$state/log/build" && die 'the image could not be built'; }
}

# Programs that are built already need Swift's libraries from the toolchain, unless they have them inside.
build_image() {
    local started=$SECONDS directory arguments
    arguments=(--build-arg BUILD_IMAGE=localhost/swift --volume "$toolchain:$toolchain:ro")
    if [[ -z $full ]]; then
        install -D --target-directory="$state/programs/out" -- "$binaries"/plane-{ingest,worker}
        arguments=(--build-context "build=$state/programs")
        directory=$(ldd "$binaries/plane-worker" | sed -n 's|.* => \(/.*\)/libswiftCore\.so .*|\1|p')
        if [[ -n $directory ]]; then swift_libraries=(--volume "$directory:$directory:ro"); fi
    fi
    build "${arguments[@]}" --build-arg RUNTIME_IMAGE=localhost/base --build-arg REVISION="$revision" \
        --build-arg SOURCE=https://example.com/source --build-arg SOURCE_DATE_EPOCH=1700000000 \
        --file deploy/container/Containerfile --tag "$image" .
    note "$(printf '%3d s  the image, %d MB' $((SECONDS - started)) \
        "$(isolated_podman image inspect --format '{{.Size}}' "$image" | sed 's/......$//')")"
}

# Of the image, in Go's template language.
inspected() {
    isolated_podman image inspect --format "$1" "$image"
}

has_labels() {
    local label
    for label in title=plane-github-sync "revision=$revision" source=https://example.com/source licenses=Apache-2.0; do
        [[ $(label "${label%%=*}") == "${label#*=}" ]] || { printf 'there is no label %s\n' "$label" && return 1; }
    done
    [[ -n $(label description) ]]
}

label() {
    inspected "{{index .Labels \"org.opencontainers.image.$1\"}}"
}

has_user() {
    [[ $(inspected '{{.User}}') == 10001:10001 ]]
    [[ $(run_container --rm "$image" stat -c '%u %g %a' /var/spool/plane-ingest) == '10001 10001 700' ]]
}

# The one of the label.
says_version() {
    local said
    said=$(run_container --rm "$image" "$1" --version)
    [[ "$said " == "$1 $(label version) "* ]] || { printf 'it is %s\n' "$said" && return 1; }
}

# It names the programs with their checksums, the compiler, and the libraries that Debian has corrections for.
has_contents_listed() {
    local name list=$state/image.spdx.json
    run_container --rm "$image" cat /usr/share/sbom/plane-github-sync.spdx.json >"$list"
    "$python_tools/bin/pyspdxtools" --infile "$list"
    grep -q '"created": "2023-11-14T22:13:20Z"' "$list"
    for name in plane-github-sync swift libpq5 libssl3 libcurl4 libmd4c0 ca-certificates; do
        grep -q "\"name\": \"$name\"" "$list" || { printf 'it does not name %s\n' "$name" && return 1; }
    done
    run_container --rm "$image" sha256sum /usr/local/bin/plane-{ingest,worker} | while read -r sum name; do
        grep -q "\"$sum\"" "$list" || { printf 'it has another checksum for %s\n' "$name" && return 1; }
    done
}

is_not_healthy() {
    [[ $(inspected '{{.HealthCheck.Test}}') == '[CMD is-healthy]' ]]
    ! run_container --rm "$image" is-healthy
}

# The database and the secrets of compose.yaml, but for the address, which is that of a socket.
prepare_database() {
    local file secrets=$state/secrets
    start_plane_cluster
    deploy/container/make-secrets "$secrets" >"$state/log/secrets"
    sql --file="$secrets/login-roles.sql"
    for file in "$secrets"/*-database.conf; do
        sed -i "s|^host=.*|host=/run/postgresql\nport=$database_port|" "$file"
    done
    chmod 711 -- "$secrets" "$cluster/socket"
    chmod 777 -- "$cluster/socket/.s.PGSQL.$database_port"
}

# With the role $1 as user $2: podman's words $3…, and what the image is to run.
with_role() {
    local role=$1 user=$2
    shift 2
    run_container --user "$user:$user" --volume "$cluster/socket:/run/postgresql:ro" \
        --volume "$state/secrets/$role-database.conf:/run/secrets/database.conf:ro" \
        --volume "$state/secrets/webhook-secret:/run/secrets/webhook-secret:ro" \
        --volume "$state/secrets/dashboard-users:/run/secrets/dashboard-users:ro" \
        --env DATABASE_URL=service=plane --env PGSERVICEFILE=/run/secrets/database.conf \
        --env GITHUB_WEBHOOK_SECRET_FILE=/run/secrets/webhook-secret \
        --env DASHBOARD_USERS_FILE=/run/secrets/dashboard-users "$@"
}

run_once() {
    with_role "$1" "$2" --rm "$image" "${@:3}"
}

start_service() {
    with_role "$1" "$2" --detach --name "$1" "$image" "${@:3}" >"$state/log/$1" 2>&1 ||
        { show_tails "$state/log/$1" && die "the container $1 did not start"; }
}

becomes_healthy() {
    await 180 isolated_podman healthcheck run "$1" || { isolated_podman logs "$1" && return 1; }
    [[ $(isolated_podman inspect --format '{{.State.Health.Status}}' "$1") == healthy ]]
    await 180 is_ready "$1" || { isolated_podman logs "$1" && return 1; }
}

is_ready() {
    # shellcheck disable=SC2016 # the shell in the container expands it
    isolated_podman exec "$1" bash -c '
        exec {server}<>/dev/tcp/127.0.0.1/8080
        printf "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" >&"$server"
        read -r _ status _ <&"$server"
        [[ $status == 200 ]]'
}

writes_nothing() {
    [[ $(isolated_podman exec "$1" stat -c %u /proc/1) != 0 ]]
    ! isolated_podman exec --user 0 "$1" touch /usr/local/bin/anything
}

stops() {
    isolated_podman stop --time 120 "$1"
    [[ $(isolated_podman inspect --format '{{.State.ExitCode}}' "$1") == 0 ]] ||
        { isolated_podman logs "$1" && return 1; }
}
