# Builds the programs as they are distributed, and knows what they are called. Sourced, not run.

# Sets version, commit (empty where git knows none) and SOURCE_DATE_EPOCH, the time that everything distributed carries:
# that of the commit, so that the same commit always makes the same bytes.
read_version() {
    local file=Sources/Shared/Base/Configuration/Version.swift
    version=$(sed -n 's/.*current = Version(\([0-9]*\), \([0-9]*\), \([0-9]*\)).*/\1.\2.\3/p' "$file")
    [[ -n $version ]] || die "$file names no version"
    commit=''
    # A copy without git's data may lie in a repository of something else.
    if [[ $(git rev-parse --show-prefix 2>/dev/null || echo none) == '' ]] &&
        git rev-parse --quiet --verify HEAD >/dev/null; then
        commit=$(git rev-parse --short=12 HEAD)
        if [[ -n $(git status --porcelain) ]]; then commit+=+changes; fi
        export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
    else
        # Of an unpacked source tarball, whose files have the time of the commit.
        export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(stat --format=%Y -- "$file")}
    fi
}

# Puts both programs into directory $1, without what only a debugger reads: those in $binaries, or new ones.
get_programs() {
    local program from=$binaries
    if [[ -z $from ]]; then
        build_programs
        from=.build/static/release
    fi
    mkdir -p -- "$1"
    for program in plane-ingest plane-worker; do
        [[ -x $from/$program ]] || die "there is no $from/$program"
        strip -o "$1/$program" -- "$from/$program"
    done
}

# Builds both programs with Swift's own libraries inside and without a path of this machine.
build_programs() {
    local program flags=(
        --configuration release --static-swift-stdlib --scratch-path .build/static -debug-info-format none
        -Xswiftc -file-prefix-map -Xswiftc "$PWD=/plane-github-sync"
    )
    if [[ -n $commit ]]; then flags+=(-Xcc "-DPLANE_COMMIT=$commit"); fi
    for program in plane-ingest plane-worker; do
        run_interruptibly swift build "${flags[@]}" --product "$program"
    done
}

# Gives everything below $1 the one time, and modes that no umask decided.
level() {
    chmod --recursive u=rwX,go=rX -- "$1"
    find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" -- {} +
}

# The packages of the libraries that programs $@ are linked with: `name version`, a line each.
library_packages() {
    local library
    # Of all that is loaded, what the programs themselves ask for.
    for library in $(join <(readelf --dynamic "$@" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u) \
        <(ldd "$@" | awk '$2 == "=>" && $3 ~ /^\// { print $1, $3 }' | sort -u) | cut -d ' ' -f 2); do
        # dpkg may know the file by the name it has where /lib is no link to /usr/lib yet.
        dpkg-query --search "$(realpath -- "$library")" 2>/dev/null ||
            dpkg-query --search "*${library#/usr}" 2>/dev/null || true
    done | cut -d : -f 1 | sort -u | while read -r library; do
        dpkg-query --show --showformat '${Package} ${Version}\n' "$library" | head -n 1
    done
}
