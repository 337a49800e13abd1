# Finds the two versions for the upgrade check and builds their programs. Sourced, not run.

# Sets old_commit, old_tree and new_migrations; ends with status 77 where git knows no old version.
choose_old_version() {
    local newest added
    git rev-parse --verify --quiet HEAD >/dev/null 2>&1 || skip 'this is no copy of the git repository'
    if [[ -n $from ]]; then
        old_commit=$(git rev-parse --verify --quiet "$from^{commit}") || usage_error "there is no commit '$from'"
    else
        newest=$(printf '%s\n' sql/migrations/*.sql | sort | tail -n 1)
        # Along the first parents: a branch may have made it under another number, which the merge then changed.
        added=$(git log --first-parent --diff-merges=first-parent --no-patch --diff-filter=A \
            --format=%H --max-count=1 -- "$newest")
        # One that is not committed yet came after everything that is.
        if [[ -n $added ]]; then added+=^; fi
        old_commit=$(git rev-parse --verify --quiet "${added:-HEAD}") ||
            skip "the history of this copy does not go back to before $newest: git fetch --unshallow gets it"
    fi
    old_tree=$PWD/.build/upgrade/$old_commit
    mapfile -t new_migrations < <(comm -13 \
        <(git ls-tree --name-only "$old_commit" sql/migrations/ | sed 's|.*/||' | sort) \
        <(printf '%s\n' sql/migrations/*.sql | sed 's|.*/||' | sort))
    ((${#new_migrations[@]})) || die "there is no migration between $old_commit and this tree"
    git cat-file -e "$old_commit:sql/roles.sql" 2>/dev/null ||
        die "$old_commit has no sql/roles.sql yet: this check cannot set up so old a version"
}

skip() {
    printf 'skipped: %s\n' "$1"
    exit 77
}

# Builds both and copies them to $state/old and $state/new: builds may go on beside the check.
build_versions() {
    note "old: $(git log -1 --format='%h %s' "$old_commit")"
    note "new: this tree; with ${new_migrations[*]}"
    # Another run may be about to unpack or to build the same.
    mkdir -p -- .build/upgrade
    exec 9>>.build/upgrade/lock
    flock 9
    unpack_old
    build_in "$old_tree" "$state/old" plane-ingest plane-worker
    exec 9>&-
    build_in "$PWD" "$state/new" plane-ingest plane-worker Benchmark
}

# Git has nothing to remember of it: no worktree, no branch.
unpack_old() {
    if [[ -d $old_tree ]]; then return; fi
    rm -rf -- .build/upgrade/unpacking
    mkdir -- .build/upgrade/unpacking
    git archive "$old_commit" | tar -x -C .build/upgrade/unpacking
    mv -- .build/upgrade/unpacking "$old_tree"
}

# Builds products $3… of package $1 and copies them to $2.
build_in() {
    local package=$1 target=$2 product programs
    shift 2
    mkdir -- "$target"
    for product in "$@"; do
        run_interruptibly nice -n 10 swift build --package-path "$package" --product "$product"
    done
    programs=$(swift build --package-path "$package" --show-bin-path)
    for product in "$@"; do cp -- "$programs/$product" "$target"; done
}
