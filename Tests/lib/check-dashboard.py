"""Checks Grafana dashboards, and prints their queries as rules that promtool can read.

    check-dashboard.py FILE…

Grafana drops what it does not know without a word. So each file goes through the types that Grafana publishes for its
dashboards, and whatever does not come out of them as it went in is an error.
"""
import json
import sys

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard


def differences(given, understood, path=""):
    """Yields what of `given` is not in `understood`."""
    if isinstance(given, dict) and isinstance(understood, dict):
        for key, value in given.items():
            if key in understood:
                yield from differences(value, understood[key], f"{path}/{key}")
            else:
                yield f"{path}/{key} means nothing to Grafana"
    elif isinstance(given, list) and isinstance(understood, list) and len(given) == len(understood):
        for index, pair in enumerate(zip(given, understood)):
            yield from differences(*pair, f"{path}/{index}")
    elif given != understood:
        yield f"{path} is {given!r}, Grafana would read {understood!r}"


def structure(dashboard):
    """Yields what the types do not tell: numbers and places that clash, queries past the variable."""
    panels = dashboard["panels"]
    if len({panel["id"] for panel in panels}) < len(panels):
        yield "two panels have the same id"
    taken = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        if taken & cells or place["x"] + place["w"] > 24:
            yield f"panel {panel['title']!r} lies over another or outside"
        taken |= cells
        for target in panel.get("targets", []):
            if target["datasource"].get("uid") != "${datasource}":
                yield f"panel {panel['title']!r} does not ask the data source that was chosen"


def main(files):
    errors = 0
    rules = []
    for file in files:
        with open(file, encoding="utf-8") as source:
            dashboard = json.load(source)
        understood = json.loads(JSONEncoder().encode(Dashboard.from_json(dashboard)))
        for problem in list(differences(dashboard, understood)) or structure(dashboard):
            print(f"{file}: {problem}", file=sys.stderr)
            errors += 1
        for panel in dashboard["panels"]:
            for target in panel.get("targets", []):
                query = target["expr"].replace("$__rate_interval", "5m").replace("$instance", ".*")
                rules.append({"record": f"panel:{panel['id']}:{target['refId']}", "expr": query})
    print(json.dumps({"groups": [{"name": "dashboards", "rules": rules}]}))
    return 1 if errors or not rules else 0


sys.exit(main(sys.argv[1:]))
