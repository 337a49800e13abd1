# Finds out which packages are missing and installs them. Sourced, not run.
#
# In its first step, a script installs everything that it needs and that the scripts it calls need. It calls them with
# INSTALL_PACKAGES=never. They still check their needs, but if one was forgotten they fail and name it instead of
# installing it without notice.
#
# A need is the name of a package and, after a colon, a command that succeeds if what the package provides is there.
# Without a command, it is enough that there is a program of the package's name. So nothing is installed on a machine
# that has a program from another source, and other systems than Debian and Ubuntu work if everything is there.

# To build: the libraries of this project; those of Swift's own programs; what Swift's linker takes from the system.
build_needs=(
    pkg-config 'libpq-dev: has_library libpq' 'libssl-dev: has_library libcrypto' 'libmd4c-dev: has_library md4c'
    'libcurl4-openssl-dev: has_library libcurl' 'libcurl4-openssl-dev: has_shared_object libcurl.so.4'
    'libncurses6: has_shared_object libncurses.so.6' 'libsqlite3-0: has_shared_object libsqlite3.so.0'
    'libxml2: has_shared_object libxml2.so.2' 'g++: has_file /usr/include/c++/*/vector'
)
# To run on a private cluster, or on a database that is there.
# shellcheck disable=SC2034 # each script takes the lists that it needs
server_needs=(curl openssl 'postgresql: find_server_binaries' 'postgresql-client: has_program psql')
# shellcheck disable=SC2034 # the same
client_needs=(curl openssl 'postgresql-client: has_program psql')

as_root=()

# Debian keeps some programs where only root's PATH leads.
has_program() {
    command -v "$1" >/dev/null || [[ -x /usr/sbin/$1 || -x /sbin/$1 ]]
}

has_library() {
    command -v pkg-config >/dev/null && pkg-config --exists "$1"
}

has_shared_object() {
    [[ $(PATH=$PATH:/usr/sbin:/sbin ldconfig -p) == *[[:space:]]"$1 "* ]]
}

# $1 is a pattern.
has_file() {
    compgen -G "$1" >/dev/null
}

# Installs what is missing to build and of the further needs $@, and makes sure of the toolchain. Without the libraries
# installed here it may not even tell its version.
install_with_toolchain() {
    local hint='Get it from https://www.swift.org/install/linux/ and put its usr/bin on PATH.' version
    command -v swift >/dev/null || die 'there is no Swift toolchain on PATH' "$hint"
    install_packages "${build_needs[@]}" "$@"
    version=$(swift --version 2>/dev/null) || die 'swift --version fails' "$hint"
    [[ $version =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] || die "cannot read the version of swift: $version" "$hint"
    ((BASH_REMATCH[1] * 100 + BASH_REMATCH[2] >= 602)) ||
        die "Swift ${BASH_REMATCH[1]}.${BASH_REMATCH[2]} is too old, 6.2 or later is needed" "$hint"
}

# Lists the packages of needs $@ that are missing, one a line.
missing_packages() {
    local need check
    for need in "$@"; do
        if [[ $need == *:* ]]; then read -ra check <<<"${need#*:}"; else check=(has_program "$need"); fi
        "${check[@]}" || printf '%s\n' "${need%%:*}"
    done | sort -u
}

# Installs what is missing of needs $@: says what it runs, and asks first on a terminal unless $assume_yes is set.
install_packages() {
    local missing answer service mask lists_are_new=''
    mapfile -t missing < <(missing_packages "$@")
    if ((${#missing[@]} == 0)); then
        note 'all packages are there'
        return
    fi
    [[ ${INSTALL_PACKAGES:-} != never ]] ||
        die "these packages are missing: ${missing[*]}" 'The first step of this run was to install them.'
    command -v apt-get >/dev/null ||
        die "these are missing, and there is no apt-get to install them: ${missing[*]}" \
            'The names are Debian packages; install their counterparts of your system.'
    if ((EUID != 0)); then
        command -v sudo >/dev/null ||
            die "these packages are missing: ${missing[*]}" \
                'Neither root nor sudo is here to install them. As root, run:' \
                "    apt-get install --no-install-recommends ${missing[*]}"
        as_root=(sudo)
    fi
    apt_get=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=50)
    local command=("${apt_get[@]}" install --yes --no-install-recommends "${missing[@]}")
    # Where the output is kept in a file, these lines are still shown, and so is the question.
    note "missing: ${missing[*]}" >&2
    note "to run:  ${command[*]}" >&2
    if [[ -t 0 && -t 2 && -z $assume_yes && -z ${CI:-} ]]; then
        read -rp '    Install them? [y/N] ' answer
        [[ $answer == [yY]* ]] || die 'nothing was installed, so there is no going on'
    fi
    # What the system gets must be readable by all its users, whatever this script's own files are.
    mask=$(umask)
    umask 022
    if ! apt_knows "${missing[@]}"; then fetch_package_lists; fi
    forbid_main_cluster
    forbid_services
    if ! "${command[@]}" 2>&1 && ! install_with_new_lists 2>&1; then
        if [[ -n ${log:-} ]]; then show_tails "$log"; fi
        die 'apt-get could not install the packages' 'Its own words are above.'
    fi
    allow_main_cluster
    allow_services
    for service in pgbouncer prometheus nginx caddy redis-server podman{,-restart,-auto-update}; do
        # Podman's package has three.
        if [[ " ${missing[*]} " == *" ${service/#podman-*/podman} "* ]]; then disable_service "$service"; fi
    done
    umask "$mask"
    mapfile -t missing < <(missing_packages "$@")
    if [[ " ${missing[*]} " == *' postgresql '* ]]; then
        die "this system's PostgreSQL is older than version 15" \
            'Add a newer one (https://wiki.postgresql.org/wiki/Apt), or set DATABASE_URL.'
    fi
    ((${#missing[@]} == 0)) || die "still missing after the installation: ${missing[*]}"
}

# Whether the package lists know all of packages $@.
apt_knows() {
    local package
    for package in "$@"; do
        [[ $(apt-cache policy "$package") =~ Candidate:\ [^\(] ]] || return 1
    done
}

# A mirror that does not answer is given up within about a minute.
fetch_package_lists() {
    local fetch=("${apt_get[@]}" -o Acquire::Retries=0 -o Acquire::http::Timeout=9 -o Acquire::https::Timeout=9 update)
    note "to run:  ${fetch[*]}"
    "${fetch[@]}"
    lists_are_new=yes
}

# Repeats the command of `install_packages` once with new package lists, in case old lists made it fail.
install_with_new_lists() {
    [[ -z $lists_are_new ]] || return 1
    note 'that failed, perhaps for old package lists; again with new ones'
    fetch_package_lists
    "${command[@]}"
}

# Debian's server package would create a cluster `main` and start it at every boot. Nobody asked for that, so a drop-in
# forbids it while the package is installed, and is removed afterwards. Existing clusters are not touched.
forbid_main_cluster() {
    drop_in=/etc/postgresql-common/createcluster.d/plane-github-sync.conf
    "${as_root[@]}" mkdir -p "${drop_in%/*}"
    "${as_root[@]}" tee "$drop_in" >/dev/null <<<'create_main_cluster = false'
}

# Also called when a script ends early, so that the drop-in never stays.
allow_main_cluster() {
    if [[ -n ${drop_in:-} ]]; then
        "${as_root[@]}" rm -f "$drop_in"
        drop_in=''
    fi
}

# Debian starts the service of a package, such as pgbouncer, as soon as it is installed; we need only the program. A
# policy-rc.d forbids it. If the system has one already, it is left as it is.
forbid_services() {
    [[ ! -e /usr/sbin/policy-rc.d ]] || return 0
    service_policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\n# plane-github-sync is installing packages; this file goes when it has.\nexit 101\n' |
        "${as_root[@]}" tee "$service_policy" >/dev/null
    "${as_root[@]}" chmod 755 "$service_policy"
}

# Also called when a script ends early, so that the policy never stays.
allow_services() {
    if [[ -n ${service_policy:-} ]]; then
        "${as_root[@]}" rm -f "$service_policy"
        service_policy=''
    fi
}

# Keeps service $1 from starting with the system: disables its init script and its systemd unit, as far as they exist. A
# container may have neither.
disable_service() {
    if [[ -e /etc/init.d/$1 ]] && has_program update-rc.d; then
        "${as_root[@]}" env PATH="$PATH:/usr/sbin:/sbin" update-rc.d "$1" disable ||
            warn "the service $1 may start with the system: update-rc.d could not disable it"
    fi
    "${as_root[@]}" rm -f -- /etc/systemd/system/*.wants/"$1".{service,socket,timer}
}
