# Creates root directories with a minimal Debian. Sourced, not run.

# For releases that debootstrap does not know by themselves: options, and a script of debootstrap's.
debootstrap_options=() debootstrap_script=()

# Ends with status 77 where no such root can be made.
look_for_hindrances() {
    local uris=()
    ((EUID == 0)) || skip 'only root can make a root directory'
    command -v apt-get >/dev/null || skip 'this system has no apt-get'
    unshare --mount --pid --fork true 2>/dev/null || skip 'no mount and process namespaces may be made here'
    { mknod "$state/null" c 1 3 && : >"$state/null"; } 2>/dev/null || skip 'no devices may be made below /tmp'
    toolchain=$(swift -print-target-info 2>/dev/null | sed -n 's/.*"runtimeResourcePath": "\(.*\)\/lib\/swift".*/\1/p')
    # One whose own libraries are missing does not say where it is.
    toolchain=${toolchain:-$(dirname -- "$(dirname -- "$(readlink -f -- "$(command -v swift)")")")}
    [[ -x $toolchain/bin/swift && $toolchain != /usr ]] ||
        skip 'the Swift toolchain is part of this system, not in a directory of its own'
    release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    mapfile -t uris < <(apt-get update --print-uris | sed -n "s|^'\(.*\)/dists/$release/InRelease'.*|\1|p")
    mirror=${uris[0]:-}
    [[ -n $release && -n $mirror ]] || skip 'apt knows no mirror of the release of this system'
}

skip() {
    printf 'skipped: %s\n' "$1"
    exit 77
}

# Makes the directory that `fresh_root` copies, and the project's copy in it.
make_base() {
    local started=$SECONDS
    base=$state/base archives=$state/archives root=$state/root
    mkdir -p -- "$archives" "$base/etc/dpkg/dpkg.cfg.d"
    # Nobody needs these files after a crash, nor the documentation.
    printf '%s\n' force-unsafe-io 'path-exclude=/usr/share/'{doc,locale,man}'/*' >"$base/etc/dpkg/dpkg.cfg.d/quick"
    # Neither wget nor debootstrap asks apt for its proxy.
    eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
    export http_proxy https_proxy
    wget --quiet --spider --tries=1 --timeout=30 "$mirror/dists/$release/Release" ||
        skip "the mirror $mirror does not answer"
    isolated debootstrap --variant=minbase "${debootstrap_options[@]}" "$release" "$base" "$mirror" \
        "${debootstrap_script[@]}" >"$state/debootstrap.log" 2>&1 ||
        { show_tails "$state/debootstrap.log" && die 'debootstrap could not make a root directory'; }
    configure_base
    mkdir -p -- "$base/project" "$base$toolchain"
    tar --create --exclude=./.build --exclude=./.local --exclude=./.git . | tar --extract --no-same-owner -C "$base/project"
    note "$(printf '%3d s  a root directory with %s and nothing else' $((SECONDS - started)) "$release")"
}

# How packages are fetched is the machine's affair: its sources, its keys, its proxy, whom it trusts.
configure_base() {
    rm -f -- "$base/etc/apt/sources.list"
    cp -a -- /etc/apt/. "$base/etc/apt"
    rm -rf -- "$base"/etc/apt/apt.conf{,.d}
    mkdir -- "$base/etc/apt/apt.conf.d"
    apt-config dump | grep -E '^Acquire::(https?|ftp|Check-)' >"$base/etc/apt/apt.conf.d/machine" || true
    cp -a -- /usr/share/keyrings/. "$base/usr/share/keyrings"
    cp -L -- /etc/resolv.conf /etc/hosts "$base/etc"
    if [[ -e /etc/pip.conf ]]; then cp -L -- /etc/pip.conf "$base/etc"; fi
    # Whom this machine trusts, before and after the package ca-certificates is installed there.
    if [[ -s /etc/ssl/certs/ca-certificates.crt ]]; then
        mkdir -p -- "$base/etc/ssl/certs" "$base/usr/local/share/ca-certificates"
        cp -L -- /etc/ssl/certs/ca-certificates.crt "$base/etc/ssl/certs"
        cp -L -- /etc/ssl/certs/ca-certificates.crt "$base/usr/local/share/ca-certificates/machine.crt"
    fi
}

fresh_root() {
    rm -rf --one-file-system -- "$root"
    cp -a -- "$base" "$root"
}

# Runs a command with mounts and processes of its own, which end when it does or when this script does.
isolated() {
    run_interruptibly unshare --mount --pid --fork --kill-child \
        bash -c "$(declare -f first_process); first_process \"\$@\"" bash "$@"
}

# A first process ignores the signals it has no trap for, and bash comes to a trap only while it waits.
# shellcheck disable=SC2317 # `isolated` calls it
first_process() {
    trap 'exit 143' TERM
    "$@" &
    wait "$!"
}

# Runs a command of the project's copy in the root, as on a machine of its own.
in_root() {
    isolated bash -c "$(declare -f enter_root); enter_root \"\$@\"" bash "$root" "$toolchain" "$archives" "$@"
}

# Root directory $1, toolchain $2, the fetched packages $3, command $4…. Fails as well when the command leaves a process.
# shellcheck disable=SC2317 # `in_root` calls it
enter_root() {
    set -euo pipefail
    local root=$1 toolchain=$2 archives=$3 directory left attempt
    shift 3
    # A mount itself, so that namespaces can be made below it as well.
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs tmpfs "$root/dev/shm"
    mount --bind "$toolchain" "$root$toolchain"
    mount -o remount,bind,ro "$root$toolchain"
    mount --bind "$archives" "$root/var/cache/apt/archives"
    unset INSTALL_PACKAGES PLANE_TESTS DATABASE_URL LOCAL_STATE TMPDIR
    env CI=true HOME=/root \
        PATH="$toolchain/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
        chroot "$root" bash -c 'cd /project && exec "$@"' bash "$@"
    for attempt in 1 2 3 4 5; do
        left=''
        for directory in "$root"/proc/[0-9]*; do
            # This shell, the one above it, and what has ended in the meantime.
            if ((${directory##*/} > 1 && ${directory##*/} != BASHPID)); then
                left+=$(tr '\0' ' ' <"$directory/cmdline" 2>/dev/null || true)
            fi
        done
        [[ -n $left ]] || return 0
        sleep 1
    done
    printf 'still running after attempt %s: %s\n' "$attempt" "$left"
    return 1
}
