# What has to be installed to build and to run. Sourced, not run.
#
# Each need is checked by what it is for (a library pkg-config finds, a program that is there), so a machine that
# has it from elsewhere installs nothing, and a system other than Debian or Ubuntu works once it has it all.

# Fails with directions unless Swift 6.2 or later is on PATH.
require_swift() {
    local hint='Get it from https://www.swift.org/install/linux/ and put its usr/bin on PATH.' version
    command -v swift >/dev/null || die 'there is no Swift toolchain on PATH' "$hint"
    version=$(swift --version 2>/dev/null) || die 'swift --version fails' "$hint"
    [[ $version =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] || die "cannot read the version of swift: $version" "$hint"
    ((BASH_REMATCH[1] * 100 + BASH_REMATCH[2] >= 602)) ||
        die "Swift ${BASH_REMATCH[1]}.${BASH_REMATCH[2]} is too old, 6.2 or later is needed" "$hint"
}

has_library() {
    command -v pkg-config >/dev/null && pkg-config --exists "$1"
}

# Lists the packages that are missing, one a line. $1: `server` if a PostgreSQL server is needed, or `client`;
# further arguments: programs needed besides, by the name of their package.
missing_packages() {
    local kind=$1 package
    command -v pkg-config >/dev/null || printf 'pkg-config\n'
    has_library libpq || printf 'libpq-dev\n'
    has_library libcrypto || printf 'libssl-dev\n'
    has_library md4c || printf 'libmd4c-dev\n'
    if [[ $kind == server ]]; then
        find_server_binaries || printf 'postgresql\n'
    else
        command -v psql >/dev/null || printf 'postgresql-client\n'
    fi
    shift
    for package in curl openssl "$@"; do
        # Debian keeps pgbouncer and nginx where only root's PATH leads. No program is called systemd.
        case $package in
            systemd) command -v systemd-analyze >/dev/null || printf 'systemd\n' ;;
            *) command -v "$package" >/dev/null || [[ -x /usr/sbin/$package ]] || printf '%s\n' "$package" ;;
        esac
    done
}

# Installs what is missing: says what it runs, and asks first on a terminal unless $assume_yes is set.
install_packages() {
    local missing as_root=() answer service
    mapfile -t missing < <(missing_packages "$@")
    if ((${#missing[@]} == 0)); then
        note 'all packages are there'
        return
    fi
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
    local command=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
        apt-get install --yes --no-install-recommends "${missing[@]}")
    note "missing: ${missing[*]}"
    note "to run:  ${command[*]}"
    if [[ -t 0 && -t 1 && -z $assume_yes && -z ${CI:-} ]]; then
        read -rp '    Install them? [y/N] ' answer
        [[ $answer == [yY]* ]] || die 'nothing was installed, so there is no going on'
    fi
    # What the system gets must be readable by all its users, whatever this script's own files are.
    umask 022
    update_package_lists "${as_root[@]}" -- "${missing[@]}"
    forbid_main_cluster "${as_root[@]}"
    forbid_services "${as_root[@]}"
    if ! "${command[@]}"; then
        note 'that failed, perhaps for old package lists; again with new ones'
        "${as_root[@]}" apt-get update
        "${command[@]}" || die 'apt-get could not install the packages' 'Its own words are above.'
    fi
    allow_main_cluster
    allow_services
    # Nor are they to start with the system.
    for service in pgbouncer prometheus nginx caddy redis-server; do
        if [[ " ${missing[*]} " == *" $service "* ]]; then "${as_root[@]}" update-rc.d "$service" disable; fi
    done
    umask 077
    mapfile -t missing < <(missing_packages "$@")
    if [[ " ${missing[*]} " == *' postgresql '* ]]; then
        die "this system's PostgreSQL is older than version 15" \
            'Add a newer one (https://wiki.postgresql.org/wiki/Apt), or set DATABASE_URL.'
    fi
    ((${#missing[@]} == 0)) || die "still missing after the installation: ${missing[*]}"
}

# Fetches the package lists, but only if they do not know one of the packages. Arguments: how to become root,
# `--`, the packages.
update_package_lists() {
    local as_root=() package
    while [[ $1 != -- ]]; do
        as_root+=("$1")
        shift
    done
    shift
    for package in "$@"; do
        if ! apt-cache policy "$package" | grep -q 'Candidate: [^(]'; then
            note "to run:  ${as_root[*]:+${as_root[*]} }apt-get update"
            "${as_root[@]}" apt-get update
            return
        fi
    done
}

# Debian's server package would make a cluster `main` and start it at every boot. Nobody asked for that, so a
# drop-in forbids it while the package is installed; afterwards it goes again, and the system is as its owner
# set it up. Clusters that exist are not touched either way. Arguments: how to become root.
forbid_main_cluster() {
    drop_in=/etc/postgresql-common/createcluster.d/plane-github-sync.conf
    drop_in_as_root=("$@")
    "$@" mkdir -p "${drop_in%/*}"
    "$@" tee "$drop_in" >/dev/null <<<'create_main_cluster = false'
}

# Also called when a script ends early, so that the drop-in never stays.
allow_main_cluster() {
    if [[ -n ${drop_in:-} ]]; then
        "${drop_in_as_root[@]}" rm -f "$drop_in"
        drop_in=''
    fi
}

# Debian starts the service of a package as soon as it is there, pgbouncer's for one; we need the program only. The
# file that forbids it is made only where there is none: then the system has its own policy. Arguments: how to become
# root.
forbid_services() {
    [[ ! -e /usr/sbin/policy-rc.d ]] || return 0
    service_policy=/usr/sbin/policy-rc.d
    service_policy_as_root=("$@")
    printf '#!/bin/sh\n# plane-github-sync is installing packages; this file goes when it has.\nexit 101\n' |
        "$@" tee "$service_policy" >/dev/null
    "$@" chmod 755 "$service_policy"
}

# Also called when a script ends early, so that the policy never stays.
allow_services() {
    if [[ -n ${service_policy:-} ]]; then
        "${service_policy_as_root[@]}" rm -f "$service_policy"
        service_policy=''
    fi
}
