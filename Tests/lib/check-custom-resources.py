"""Checks the resources of KEDA and the Prometheus operator, which kubernetes-validate does not know.

    check-custom-resources.py FILE

Not the whole of their schemas: the keys there are, and those they insist on. Kinds that neither this file nor
Kubernetes knows are errors.
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
    "PodMonitor": mapping(
        ["selector", "podMetricsEndpoints"],
        jobLabel=NAME,
        selector=mapping(["matchExpressions"], matchExpressions={"type": "array", "minItems": 1}),
        podMetricsEndpoints={
            "type": "array",
            "minItems": 1,
            "items": mapping(["port"], port=NAME, interval={"type": "string", "pattern": "^[0-9]+s$"}),
        },
    ),
    # The groups are compared with those that promtool has checked.
    "PrometheusRule": mapping(["groups"], groups={"type": "array", "minItems": 1}),
}
VERSIONS = {"keda.sh": "keda.sh/v1alpha1", "monitoring.coreos.com": "monitoring.coreos.com/v1"}


def problems(document):
    kind, version = document["kind"], document["apiVersion"]
    if version not in VERSIONS.values() or kind not in SPECS:
        yield f"{version} is not known"
    else:
        yield from (error.message for error in jsonschema.Draft7Validator(SPECS[kind]).iter_errors(document["spec"]))


def main(file):
    with open(file, encoding="utf-8") as source:
        documents = list(yaml.safe_load_all(source))
    found = [document for document in documents if document["apiVersion"].split("/")[0] in VERSIONS]
    errors = [f"{document['kind']}: {problem}" for document in found for problem in problems(document)]
    errors += [f"there is no {kind}" for kind in sorted(SPECS.keys() - {document["kind"] for document in found})]
    print("\n".join(errors))
    return 1 if errors else 0


sys.exit(main(*sys.argv[1:]))
