# Says which tool checks which file of deploy/. Sourced, not run; Tests/check-deploy defines `choose` and `check`.

run_checks() {
    check_scripts
    check_version
    check_documents
    check_containers
    check_kubernetes
    check_chart
    check_proxies
    check_monitoring
    check_units
}

check_scripts() {
    local file
    mapfile -t files < <(grep -d skip -lE '^#!.*\b(bash|sh)$' "${deployed[@]}"
        for file in "${deployed[@]}"; do if [[ $file == *.sh ]]; then printf '%s\n' "$file"; fi; done)
    check 'scripts (shellcheck)' scripts_are_sound
    if choose '*.bash'; then check 'bash completion (shellcheck)' shellcheck --shell=bash "${files[@]}"; fi
    if choose 'deploy/completion/_*'; then check 'zsh completion (zsh -n)' each zsh -n; fi
}

check_version() {
    if choose 'deploy/helm/Chart.yaml' '*/Containerfile'; then check 'version (that of the programs)' version_is_ours; fi
}

check_documents() {
    if choose '*.md'; then check 'documents (links)' links_lead_somewhere; fi
    if choose '*.png'; then check 'pictures (small, and shown)' each picture_is_shown; fi
    if choose 'deploy/samples/*.json'; then check 'samples (JSON)' each python3 -m json.tool; fi
    if choose '*.sql'; then check 'SQL (PostgreSQL'"'"'s parser)' python3 Tests/lib/check-sql.py "${files[@]}"; fi
    if choose '*/.gitignore'; then check 'ignored files (git)' git check-ignore --quiet deploy/container/secrets/any; fi
    if choose '*.yaml' '*.yml'; then check 'YAML (yamllint)' yaml_is_clean; fi
}

check_containers() {
    if choose '*/Containerfile'; then check 'image (hadolint)' hadolint --failure-threshold=style "${files[@]}"; fi
    if choose '*/compose.yaml'; then check 'compose (its schema, what names what, rights)' compose_is_sound; fi
    if choose '*/make-secrets'; then
        check 'secrets (made whole or not at all)' secrets_are_made
        check 'login roles (PostgreSQL)' login_roles_are_made
    fi
}

check_kubernetes() {
    choose 'deploy/kubernetes/*.yaml' deploy/grafana/kustomization.yaml || return 0
    check 'Kubernetes (kubectl kustomize)' manifests_render
    check 'Kubernetes (kubernetes-validate)' manifests_are_valid
    check 'KEDA, Prometheus operator (required keys)' \
        python3 Tests/lib/check-custom-resources.py "$state/everything.yaml"
    check 'Kubernetes (what names what, rights)' \
        python3 Tests/lib/check-manifests.py "$state/everything.yaml" deploy/kubernetes/secrets.example.yaml \
            sql/roles.sql deploy/README.md
    check 'Kubernetes (relations of the database)' check_relation_names "${files[@]}"
    check 'Kubernetes (copies like their sources)' copies_are_alike
}

check_proxies() {
    if choose 'deploy/nginx/*'; then check 'nginx (nginx -t)' nginx_takes_it; fi
    if choose '*/Caddyfile'; then check 'Caddy (caddy validate)' each caddy_takes_it; fi
}

check_monitoring() {
    if choose 'deploy/prometheus/prometheus*.yml'; then check 'Prometheus (promtool check config)' promtool check config "${files[@]}"; fi
    if choose 'deploy/prometheus/alerts.yml'; then check 'alerts (promtool check rules)' promtool check rules "${files[@]}"; fi
    if choose 'deploy/prometheus/*.test.yml'; then check 'cases of the alerts (promtool test rules)' alerts_fire; fi
    if choose 'deploy/grafana/*.json'; then check 'dashboard (its types, promtool)' dashboards_are_sound; fi
    if choose 'deploy/prometheus/*.yml' 'deploy/grafana/*.json'; then
        check 'metrics named (the sources)' check_metric_names "${files[@]}"
    fi
}

# What is installed with the units is checked with them: the users they run as, their settings.
check_units() {
    if choose 'deploy/systemd/*.service' 'deploy/systemd/*.socket' 'deploy/systemd/*.target' 'deploy/systemd/*.timer'; then
        check 'units (systemd-analyze verify)' units_are_sound
    fi
    if choose 'deploy/systemd/*.conf'; then check 'users (systemd-sysusers)' users_are_sound; fi
    if choose 'deploy/systemd/*.env'; then check 'settings (the sources)' settings_exist; fi
}

yaml_rules='{extends: default, rules: {
    line-length: {max: 120}, document-start: disable, comments: {min-spaces-from-content: 1},
    octal-values: {forbid-explicit-octal: true}}}'

# Templates become YAML only when helm has read them.
yaml_is_clean() {
    local clean
    mapfile -t clean < <(printf '%s\n' "${files[@]}" | grep -v '^deploy/helm/templates/')
    yamllint --strict --config-data "$yaml_rules" "${clean[@]}"
}

# Runs a command for each of the files, to name all that it refuses. Of a function only the last status counts.
each() {
    local file status=0
    for file in "${files[@]}"; do
        "$@" "$file" >"$state/each" 2>&1 || { printf '%s:\n' "$file" && cat "$state/each" && status=1; }
    done
    return "$status"
}

# A sourced file is checked together with the script that sources it: only then its variables are known.
scripts_are_sound() {
    local file scripts=() status=0
    for file in "${files[@]}"; do
        if [[ $file != *.sh ]]; then
            scripts+=("$file")
        elif ! grep -rqF ". $file" deploy Tests; then
            printf '%s: nothing sources it\n' "$file"
            status=1
        fi
    done
    shellcheck --external-sources --check-sourced "${scripts[@]}" || status=1
    return "$status"
}

links_lead_somewhere() {
    local broken
    broken=$(broken_links "${files[@]}")
    [[ -z $broken ]] || { printf '%s\n' "$broken" && return 1; }
}

# A PNG of at most 150 kB that one of the documents beside it shows or names.
# shellcheck disable=SC2317 # `each` calls it
picture_is_shown() {
    [[ $(head -c 4 -- "$1" | od -An -tx1) == ' 89 50 4e 47' && $(wc -c <"$1") -le 150000 ]] ||
        { printf '%s is no PNG of at most 150 kB\n' "$1" && return 1; }
    grep -q --fixed-strings "dashboard/$(basename -- "$1")" deploy/*.md ||
        { printf '%s is in no document\n' "$1" && return 1; }
}

# Helm and image builders cannot ask the programs.
version_is_ours() {
    local version
    version=$(sed -nE 's/.*current = Version\((.*)\)/\1/p' Sources/Shared/Base/Configuration/Version.swift)
    version=${version//, /.}
    [[ $(cat -- "${files[@]}" | grep -cE "^((version|appVersion): |ARG VERSION=)${version//./\\.}( |\$)") == 3 ]] ||
        { printf 'these do not say three times that this is version %s\n' "$version" && return 1; }
}

# The schema of compose, what its services name, and that what it mounts is there or is made by make-secrets.
compose_is_sound() {
    local path status=0
    check-jsonschema --builtin-schema vendor.compose-spec "${files[@]}" || status=1
    python3 Tests/lib/check-compose.py "${files[@]}" || status=1
    deploy/container/make-secrets "$state/secrets"
    while read -r path; do
        case $path in
            secrets/*) [[ -s $state/$path ]] ;;
            *) [[ -e deploy/container/$path ]] ;;
        esac || { printf 'there is no %s\n' "$path" && status=1; }
    done < <(sed 's/#.*//' "${files[@]}" | grep -oE '(\.\./[^: ]+|file: secrets/[a-z.-]+)' | sed 's/^file: //' | sort -u)
    return "$status"
}

# The base, with each component and with all of them as the example in its head has it. Each file but the example is
# part of the kustomization in its folder; an image is named by its digest wherever one runs.
manifests_render() {
    local file component name status=0
    cp -r deploy "$state/deploy"
    kubectl kustomize deploy/kubernetes >"$state/plain.yaml"
    while read -r component; do
        render "${component////-}" <<<"{resources: [../deploy/kubernetes], components: [../$component]}"
    done < <(grep -rlx --include=kustomization.yaml 'kind: Component' deploy | sed 's|/[^/]*$||')
    sed -n 's/^#   //p' deploy/kubernetes/kustomization.yaml | sed 's|github.com/…|..|; s|, secrets.yaml||' |
        render everything
    for file in "${files[@]}"; do
        name=${file##*/}
        [[ $name == kustomization.yaml || $name == *.example.yaml ]] ||
            grep -qxF "  - $name" "${file%/*}/kustomization.yaml" ||
            { printf 'no kustomization has %s\n' "$file" && status=1; }
    done
    if grep 'image:' "$state/everything.yaml" | grep -vE '/plane-github-sync@sha256:[0-9a-f]{64}$'; then status=1; fi
    return "$status"
}

# The kustomization on standard input to $state/$1.yaml.
render() {
    mkdir -- "$state/$1"
    cat >"$state/$1/kustomization.yaml"
    kubectl kustomize "$state/$1" >"$state/$1.yaml"
}

# The oldest and the newest version of Kubernetes that the manifests are meant for.
kubernetes_versions=(1.31 1.37)

manifests_are_valid() {
    is_valid "$state/plain.yaml" "$state/everything.yaml" deploy/kubernetes/*.example.yaml
}

# A cluster without anything else knows all in the files $@; what extends Kubernetes has a check of its own.
is_valid() {
    local version status=0
    for version in "${kubernetes_versions[@]}"; do
        kubernetes-validate --strict --quiet --kubernetes-version "$version" "$@" >"$state/validation" 2>&1 || status=1
        grep -vE ' api version (keda\.sh|monitoring\.coreos\.com)/' "$state/validation" && status=1
    done
    return "$status"
}

# What kustomize cannot take over from where it is.
copies_are_alike() {
    diff <(sed '/./s/^/  /' deploy/prometheus/alerts.yml) <(sed '1,/^spec:$/d' deploy/kubernetes/prometheus/alerts.yaml) ||
        { printf 'The head of deploy/kubernetes/prometheus/alerts.yaml says how to make it again.\n' && return 1; }
    python3 - "$state/deploy-grafana.yaml" <<'END' | diff - deploy/grafana/plane-github-sync.json
import sys, yaml
with open(sys.argv[1]) as source:
    sys.stdout.write(next(one["data"] for one in yaml.safe_load_all(source) if one["kind"] == "ConfigMap").popitem()[1])
END
}

# nginx with the files as they are, but for the ports and the certificate: it need not be root, nor the host the one.
nginx_takes_it() {
    local root=$state/nginx
    mkdir -- "$root"
    cp -r deploy/nginx/. "$root"
    self_signed "$root"
    sed -i -E 's/(listen (\[::\]:)?)(80|443)\b/\110\3/; s|/etc/letsencrypt/live/[^/]*/fullchain|'"$root"'/certificate|
        s|/etc/letsencrypt/live/[^/]*/privkey|'"$root"'/key|' "$root"/plane-*/*.conf
    # Where the system has no IPv6, nginx cannot say more about a line than that.
    [[ -e /proc/net/if_inet6 ]] || sed -i '/\[::\]/d' "$root"/plane-*/*.conf
    cat >"$root/nginx.conf" <<ROOT
pid $root/pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path $root/body;
    proxy_temp_path $root/proxy;
    fastcgi_temp_path $root/fastcgi;
    uwsgi_temp_path $root/uwsgi;
    scgi_temp_path $root/scgi;
    include plane-ingest.conf;
    include plane-dashboard.conf;
}
ROOT
    nginx -t -q -p "$root" -c "$root/nginx.conf" >"$state/nginx.out" 2>&1 || { cat "$state/nginx.out" && return 1; }
    # A warning is a word that means less than it says.
    if grep -v 'the "user" directive' "$state/nginx.out"; then return 1; fi
}

# With a configuration of its own: the system may have none.
self_signed() {
    openssl req -config <(printf '[req]\ndistinguished_name = name\n[name]\n') \
        -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 \
        -subj /CN=localhost -keyout "$1/key.pem" -out "$1/certificate.pem"
}

caddy_takes_it() {
    export XDG_DATA_HOME=$state/caddy XDG_CONFIG_HOME=$state/caddy
    caddy validate --adapter caddyfile --config "$1" && diff <(caddy fmt "$1") "$1"
}

# Runs the test cases of the alerts. Each alert must have a case in which it fires and one in which it does not.
alerts_fire() {
    local alert status=0
    promtool test rules "${files[@]}" || status=1
    while read -r alert; do
        grep -qE "alertname: $alert, exp_alerts: \[\]" "${files[@]}" || { printf '%s has no quiet case\n' "$alert" && status=1; }
        perl -0ne 'exit !/alertname: '"$alert"'\n +exp_alerts:[^\n]*\n +- exp_labels/' "${files[@]}" ||
            { printf '%s has no case in which it fires\n' "$alert" && status=1; }
    done < <(sed -n 's/.*- alert: //p' deploy/prometheus/alerts.yml)
    return "$status"
}

dashboards_are_sound() {
    python3 Tests/lib/check-dashboard.py "${files[@]}" >"$state/dashboards.json"
    promtool check rules "$state/dashboards.json"
}

# systemd looks at the units among its own, with programs that are there. A template needs an instance.
units_are_sound() {
    local file names=() root=$state/systemd program
    mkdir -p -- "$root/usr/lib/systemd/system" "$root/usr/local/bin"
    cp -a -- /lib/systemd/system/. "$root/usr/lib/systemd/system"
    for program in plane-ingest plane-worker; do cp -- /bin/true "$root/usr/local/bin/$program"; done
    for file in "${files[@]}"; do
        cp -- "$file" "$root/usr/lib/systemd/system"
        file=${file##*/}
        names+=("${file/@./@1.}")
    done
    # It fails for what it cannot run, and only prints what it does not understand.
    systemd-analyze verify --root="$root" "${names[@]}" >"$state/units" 2>&1 || { cat "$state/units" && return 1; }
    if grep -F -e plane- "$state/units"; then return 1; fi
}

users_are_sound() {
    local file status=0
    for file in "${files[@]}"; do
        mkdir -p -- "$state/users/etc"
        systemd-sysusers --root="$state/users" "$PWD/$file" || status=1
    done
    return "$status"
}

# Each variable, commented out or not, is one that a program reads.
settings_exist() {
    local name status=0 count=0
    while read -r name; do
        count=$((count + 1))
        grep -rqw -- "$name" Sources || { printf 'no program reads %s\n' "$name" && status=1; }
    done < <(sed -nE 's/^(# )?([A-Z][A-Z_]+)=.*/\2/p' "${files[@]}" | sort -u)
    ((status == 0 && count > 0))
}
