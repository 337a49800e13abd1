"""Checks the Helm chart: its objects are those of kustomize, each value does something, and wrong values are refused.

    check-chart.py CHART CHANGED BASE EVERYTHING

CHANGED has every value of the chart, each unlike its default. BASE is what kustomize makes of deploy/kubernetes,
EVERYTHING what it makes of it with all components.
"""
import copy
import difflib
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import jsonschema
import yaml

# The chart has these where kustomize's components are, and the hosts of deploy/kubernetes.
COMPONENTS = {
    "dashboard": {"enabled": True, "host": "dashboard.example.com"},
    "ingress": {"host": "hooks.example.com"},
    "keda": {"enabled": True},
    "monitoring": {"podMonitor": True, "prometheusRule": True, "grafanaDashboard": True},
}
OF_HELM = {"app.kubernetes.io/instance", "app.kubernetes.io/managed-by", "app.kubernetes.io/version", "helm.sh/chart"}


def read(file):
    with open(file, encoding="utf-8") as source:
        return source.read()


def template(chart, values):
    """What helm makes of the chart, or why it does not."""
    helm = ["helm", "template", "plane", chart, "--values", "-"]
    done = subprocess.run(helm, input=json.dumps(values), capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None, done.stderr


def objects(text):
    """The objects by kind and name, without what Helm and a kustomization of one's own have on top of them."""
    found = {}
    for one in yaml.safe_load_all(text):
        metadata = one["metadata"]
        metadata.pop("namespace", None)
        metadata["labels"] = {key: value for key, value in metadata["labels"].items() if key not in OF_HELM}
        metadata["name"] = re.sub("^plane-migrate-1$", "plane-migrate", metadata["name"])
        for container in containers(one):
            container["image"] = re.sub(r"^(.*/)?(plane-github-sync)[:@].*", r"\2", container["image"])
            container.pop("imagePullPolicy", None)
        found[one["kind"], metadata["name"]] = one
    return found


def containers(document):
    spec = document.get("spec", {})
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    return spec["template"]["spec"]["containers"] if "template" in spec else []


def differences(what, chart, kustomize):
    for key in sorted(chart.keys() | kustomize.keys()):
        sides = [yaml.dump(found.get(key)).splitlines() for found in (kustomize, chart)]
        if lines := list(difflib.unified_diff(*sides, "kustomize", "chart", n=1, lineterm="")):
            yield "\n".join([f"{what}: {'/'.join(key)} is not the same", *lines])


def sameness(chart, base, everything):
    plain, error = template(chart, {"ingress": COMPONENTS["ingress"]})
    whole, errors = template(chart, COMPONENTS)
    if not plain or not whole:
        yield error + errors
        return
    yield from differences("defaults", objects(plain), objects(read(base)))
    yield from differences("everything", objects(whole), objects(read(everything)))


def leaves(values, path=()):
    """The paths of all values."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key)


def get(values, path):
    for key in path:
        values = values[key]
    return values


def put(values, path, value):
    changed = copy.deepcopy(values)
    get(changed, path[:-1])[path[-1]] = value
    return changed


def effects(chart, defaults, changed):
    """Yields values that do nothing, neither where all others are as they were nor where all others are changed."""
    # The digest hides the tag, and what is not there shows none of its settings.
    everywhere = put(changed, ("image", "digest"), "")
    for path in (("prune", "enabled"), ("toolbox", "enabled"), ("networkPolicy", "enabled")):
        everywhere = put(everywhere, path, True)
    few, _ = template(chart, defaults)
    many, error = template(chart, everywhere)
    if not few or not many:
        yield error
        return

    def does_something(path):
        new = get(changed, path)
        if new == get(defaults, path):
            return False
        if template(chart, put(defaults, path, new))[0] not in (few, None):
            return True
        old = get(defaults, path)
        return template(chart, put(everywhere, path, old))[0] not in (many, None)

    with ThreadPoolExecutor(4) as pool:
        paths = list(leaves(defaults))
        for path, does in zip(paths, pool.map(does_something, paths)):
            if not does:
                yield f"the value {'.'.join(path)} does nothing"


def refusals(chart, defaults, changed):
    """Yields wrong values that the schema lets pass."""
    schema = json.loads(read(f"{chart}/values.schema.json"))
    validator = jsonschema.Draft7Validator(schema)
    wrong = {path: put(defaults, path, [[]]) for path in leaves(defaults)}
    maps = {path[:length] for path in leaves(defaults) for length in range(len(path))}
    wrong |= {(*path, "unknown"): put(defaults, (*path, "unknown"), {"a": 1}) for path in maps}
    passed = (path for path, values in wrong.items() if validator.is_valid(values))
    yield from (f"the schema takes any {'.'.join(path)}" for path in passed)
    yield from (error.message for values in (defaults, changed) for error in validator.iter_errors(values))
    # That helm goes by it, and what it does not know.
    nowhere = {"patches": [{"of": "Deployment/plane-nothing", "path": "/spec/replicas", "value": 1}]}
    no_element = {"patches": [{"of": "Ingress/plane-ingest", "path": "/spec/rules/7", "value": None}]}
    for values, word in (
        ({"unknown": 1}, "unknown"),
        (nowhere, "this release has no Deployment/plane-nothing"),
        (COMPONENTS | no_element, "there is no element 7"),
    ):
        output, error = template(chart, values)
        if output is not None or word not in error:
            yield f"helm takes {json.dumps(values)} {error}"


def patching(chart, changed):
    """Yields patches that did not do what they say."""
    output, error = template(chart, changed)
    if not output:
        yield error
        return
    found = objects(output)
    worker = found["Deployment", "plane-worker"]["spec"]["template"]["spec"]
    ingest = found["Deployment", "plane-ingest"]["spec"]["template"]["spec"]
    (program,) = ingest["containers"]
    env = [(one["name"], one["value"]) for one in program["env"]]
    if worker.get("nodeSelector") != {"disk": "ssd"} or "livenessProbe" in worker["containers"][0]:
        yield "patches of plane-worker did not arrive"
    if [one["topologyKey"] for one in ingest["topologySpreadConstraints"]] != ["kubernetes.io/hostname"]:
        yield "an element was not removed from a list"
    if ("TRUSTED_PROXIES", "192.0.2.0/24") not in env or len(dict(env)) != len(env):
        yield "a variable did not replace the one of the same name"
    if worker["imagePullSecrets"] != [{"name": "registry"}, {"name": "mirror"}]:
        yield "the secrets of the registry are not those of the values"


def main(chart, changed_file, base, everything):
    defaults = yaml.safe_load(read(f"{chart}/values.yaml"))
    changed = yaml.safe_load(read(changed_file))
    problems = [
        *sameness(chart, base, everything),
        *effects(chart, defaults, changed),
        *refusals(chart, defaults, changed),
        *patching(chart, changed),
    ]
    print("\n".join(problems))
    print(f"{len(list(leaves(defaults)))} values")
    return 1 if problems else 0


sys.exit(main(*sys.argv[1:]))
