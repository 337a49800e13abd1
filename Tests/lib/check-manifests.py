"""Checks that Kubernetes manifests fit together, and that no pod has more rights than it needs.

    check-manifests.py RENDERED SECRETS ROLES PAGE

RENDERED is what kustomize makes of everything, SECRETS is the example of the secrets, ROLES the SQL of the group roles,
PAGE the page whose commands name what is in RENDERED.
"""
import re
import sys

import yaml

MOUNTED = "/run/secrets/plane/"
# Its user depends on what people may do there.
ANY_GROUP = {"plane_dashboard"}


def read(file):
    with open(file, encoding="utf-8") as source:
        return source.read()


def load(file):
    return list(yaml.safe_load_all(read(file)))


def name(document):
    return document["metadata"]["name"]


def pod_templates(documents):
    for document in documents:
        spec = document.get("spec", {})
        if document["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if "template" in spec:
            yield name(document), spec["template"]


def rights(pods):
    """Yields what a pod may do and need not."""
    users = {}
    for pod, template in pods.items():
        spec = template["spec"]
        context = spec["securityContext"]
        if spec.get("automountServiceAccountToken") is not False:
            yield f"{pod} gets a token of Kubernetes"
        if context.get("runAsNonRoot") is not True or context.get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{pod} may run as root or make any system call"
        if users.setdefault(context["runAsUser"], pod) != pod:
            yield f"{pod} runs as the user of {users[context['runAsUser']]}"
        for container in spec["containers"]:
            if container["securityContext"] != {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }:
                yield f"{pod} may raise its rights or write to its root"


def files(pods, secrets):
    """Yields secrets that the example lacks, and files that a pod looks for in vain."""
    for pod, template in pods.items():
        spec, present = template["spec"], {}
        for volume in spec["volumes"]:
            for source in volume["projected"]["sources"]:
                (reference,) = source.values()
                if reference["name"] not in secrets:
                    yield f"{pod} mounts {reference['name']}, which is not in the example"
                present.update(secrets.get(reference["name"], {}))
        texts = [variable["value"] for container in spec["containers"] for variable in container["env"]]
        for path in re.findall(MOUNTED + r"([\w.-]+)", "\n".join([*texts, *present.values()])):
            if path not in present:
                yield f"{pod} looks for {path}, which its secret does not have"


def connections(secrets, groups):
    """Yields connections to the database by users of no group, or to a server that is not made sure of."""
    for secret, entries in secrets.items():
        for text in entries.values():
            for user in re.findall(r"\buser=(\w+)", text):
                if user not in ANY_GROUP and user.replace("plane_", "plane_sync_") not in groups:
                    yield f"{secret}: {user} is in no group of the roles"
                if "sslmode=verify-full" not in text:
                    yield f"{secret}: {user} does not make sure of the server"


def wanted_labels(selector):
    yield selector.get("matchLabels", {})
    for expression in selector.get("matchExpressions", []):
        yield from ({expression["key"]: value} for value in expression["values"])


def selectors(documents, pods):
    """Yields what selects no pod, or a port that the pod does not have."""
    for document in documents:
        kind, spec = document["kind"], document.get("spec", {})
        if kind == "Service":
            selector, ports = {"matchLabels": spec["selector"]}, [port["targetPort"] for port in spec["ports"]]
        elif kind == "NetworkPolicy":
            selector = spec["podSelector"]
            ports = [port["port"] for rule in spec.get("ingress", []) for port in rule["ports"]]
        elif kind in ("Deployment", "PodDisruptionBudget", "PodMonitor"):
            selector, ports = spec["selector"], [end["port"] for end in spec.get("podMetricsEndpoints", [])]
        else:
            continue
        for labels in wanted_labels(selector):
            chosen = [pod for pod in pods.values() if labels.items() <= pod["metadata"]["labels"].items()]
            if not chosen:
                yield f"{kind} {name(document)} selects no pod with {labels}"
            for port in ports if labels else []:
                for pod in chosen:
                    if port not in [open_["name"] for one in pod["spec"]["containers"] for open_ in one["ports"]]:
                        yield f"{kind} {name(document)}: no port {port}"


def isolation(documents, pods):
    """Yields pods that a network policy does not keep in and out."""
    closed = [
        document["spec"]["podSelector"].get("matchLabels", {"": ""}).items()
        for document in documents
        if document["kind"] == "NetworkPolicy" and document["spec"].get("ingress") == []
    ]
    for pod, template in pods.items():
        if not any(labels <= template["metadata"]["labels"].items() for labels in closed):
            yield f"nothing keeps {pod} from the network"


def scaling(documents, secrets):
    """Yields what is told to be scaled, to sign in with or to read, and is not there or has a number of its own."""
    numbered = {name(one) for one in documents if one["kind"] == "Deployment" and "replicas" in one["spec"]}
    names = {(document["kind"], name(document)) for document in documents}
    names |= {("Secret", f"{secret}/{key}") for secret, entries in secrets.items() for key in entries}
    for document in documents:
        wanted = []
        if document["kind"] in ("ScaledObject", "HorizontalPodAutoscaler"):
            target = document["spec"]["scaleTargetRef"]["name"]
            wanted.append(("Deployment", target))
            if target in numbered:
                yield f"{name(document)}: each apply would set the number of {target} back"
        if document["kind"] == "ScaledObject":
            triggers = document["spec"]["triggers"]
            wanted += [("TriggerAuthentication", one["authenticationRef"]["name"]) for one in triggers]
        elif document["kind"] == "TriggerAuthentication":
            wanted += [("Secret", f"{one['name']}/{one['key']}") for one in document["spec"]["secretTargetRef"]]
        yield from (f"{name(document)}: there is no {kind} {one}" for kind, one in wanted if (kind, one) not in names)


def main(rendered, secrets_file, roles_file, page):
    documents = load(rendered)
    pods = dict(pod_templates(documents))
    secrets = {name(one): one.get("stringData") or one["data"] for one in load(secrets_file)}
    groups = set(re.findall(r"plane_sync_\w+", read(roles_file)))
    named = re.findall(r"\b(?:deployment|cronjob)/(plane-\w+)", read(page))
    problems = [
        *rights(pods),
        *files(pods, secrets),
        *connections(secrets, groups),
        *selectors(documents, pods),
        *isolation(documents, pods),
        *scaling(documents, secrets),
    ]
    problems += [f"nothing takes {secret}" for secret in secrets if f"name: {secret}\n" not in read(rendered)]
    problems += [f"there is no {one}, which {page} names" for one in named if one not in pods]
    print("\n".join(problems))
    print(f"{len(pods)} pods, {len(secrets)} secrets")
    return 0 if pods and secrets and named and not problems else 1


sys.exit(main(*sys.argv[1:]))
