"""Checks that the services of a compose file find what they name, and that none has more rights than it needs.

    check-compose.py FILE
"""
import re
import sys

import yaml

HARDENED = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}


def problems(compose):
    services = compose["services"]
    used = set()
    for name, service in services.items():
        # By the name that the service sees.
        secrets = {
            one if isinstance(one, str) else one["target"]: one if isinstance(one, str) else one["source"]
            for one in service.get("secrets", [])
        }
        used |= set(secrets.values())
        named = {
            "secret": (secrets.values(), compose["secrets"]),
            "file of a secret": (re.findall(r"/run/secrets/([\w.-]+)", yaml.dump(service)), secrets),
            "network": (service["networks"], compose["networks"]),
            "service": (service.get("depends_on", {}), services),
        }
        for kind, (names, there) in named.items():
            yield from (f"{name}: there is no {kind} {one}" for one in names if one not in there)
        if any(service.get(key) != value for key, value in HARDENED.items()):
            yield f"{name} may write to its root or raise its rights"
    yield from (f"no service takes the secret {one}" for one in compose["secrets"].keys() - used)
    # The image has a user for ingest; PostgreSQL and its client have the same one.
    ours = [service for service in services.values() if service["image"] == "plane-github-sync"]
    users = [service["user"] for service in ours if "user" in service]
    if len(set(users)) < len(users):
        yield "two services run as the same user"


with open(sys.argv[1], encoding="utf-8") as source:
    found = list(problems(yaml.safe_load(source)))
print("\n".join(found))
sys.exit(1 if found else 0)
