"""Checks the resources of KEDA among Kubernetes manifests; kubernetes-validate does not know them.

    check-keda.py FILE…

Not the whole of KEDA's schema: the keys there are, those it insists on, and that what they name is there. Kinds that
neither this file nor Kubernetes knows are errors.
"""
import sys

import jsonschema
import yaml

NAME = {"type": "string", "minLength": 1}


def mapping(required, **properties):
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


COUNT = {"type": "integer", "minimum": 0}
SPECS = {
    "ScaledObject": mapping(
        ["scaleTargetRef", "triggers"],
        scaleTargetRef=mapping(["name"], name=NAME, kind=NAME, apiVersion=NAME),
        pollingInterval=COUNT,
        cooldownPeriod=COUNT,
        minReplicaCount=COUNT,
        maxReplicaCount=COUNT,
        fallback=mapping(["failureThreshold", "replicas"], failureThreshold=COUNT, replicas=COUNT),
        triggers={
            "type": "array",
            "minItems": 1,
            "items": mapping(
                ["type", "metadata", "authenticationRef"],
                type={"const": "postgresql"},
                metricType={"enum": ["AverageValue", "Value"]},
                metadata=mapping(
                    ["query", "targetQueryValue"],
                    query=NAME,
                    # KEDA takes text only here.
                    targetQueryValue={"type": "string", "pattern": "^[0-9]+$"},
                    activationTargetQueryValue={"type": "string", "pattern": "^[0-9]+$"},
                ),
                authenticationRef=mapping(["name"], name=NAME),
            ),
        },
    ),
    "TriggerAuthentication": mapping(
        ["secretTargetRef"],
        secretTargetRef={
            "type": "array",
            "minItems": 1,
            "items": mapping(
                ["parameter", "name", "key"],
                parameter={"enum": ["connection", "password"]},
                name=NAME,
                key=NAME,
            ),
        },
    ),
}


def documents(files):
    for file in files:
        with open(file, encoding="utf-8") as source:
            for document in yaml.safe_load_all(source):
                yield file, document


def reference_problems(spec, kind, names):
    if kind == "ScaledObject":
        wanted = [("Deployment", spec["scaleTargetRef"]["name"])]
        wanted += [("TriggerAuthentication", trigger["authenticationRef"]["name"]) for trigger in spec["triggers"]]
    else:
        wanted = [("Secret", reference["name"]) for reference in spec["secretTargetRef"]]
    return [f"there is no {kind} {name}" for kind, name in wanted if (kind, name) not in names]


def main(files):
    errors = found = 0
    names = {(document["kind"], document.get("metadata", {}).get("name")) for _, document in documents(files)}
    for file, document in documents(files):
        if not document["apiVersion"].startswith("keda.sh/"):
            continue
        found += 1
        kind = document["kind"]
        if document["apiVersion"] != "keda.sh/v1alpha1" or kind not in SPECS:
            problems = [f"{document['apiVersion']} {kind} is not known"]
        else:
            problems = [error.message for error in jsonschema.Draft7Validator(SPECS[kind]).iter_errors(document["spec"])]
            problems = problems or reference_problems(document["spec"], kind, names)
        for problem in problems:
            print(f"{file}: {kind}: {problem}")
            errors += 1
    print(f"{found} resources of KEDA")
    return 1 if errors or not found else 0


sys.exit(main(sys.argv[1:]))
