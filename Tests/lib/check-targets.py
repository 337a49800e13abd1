"""Prints which target depends on which, lowest first, and fails where the arrows are not as they are declared.

Reads what `swift package describe --type json` says from standard input. SwiftPM itself refuses a circle, but a target
may import whatever its dependencies depend on, and may declare what it does not import. Both are faults here: the
declarations are the picture of the whole, and nothing that is not in it may be relied on.
"""

import json
import pathlib
import re
import sys

IMPORT = re.compile(r"^\s*(?:@testable )?import (\w+)$", re.MULTILINE)


def imports(target):
    folder = pathlib.Path(target["path"])
    texts = (folder.joinpath(name).read_text() for name in target["sources"] if name.endswith(".swift"))
    return {name for text in texts for name in IMPORT.findall(text)}


def levels(declared):
    """The targets in rows, each of which depends on rows above only."""
    left, done = dict(declared), set()
    while left:
        row = sorted(name for name, needs in left.items() if needs <= done)
        if not row:
            sys.exit(f"these depend on each other in a circle: {', '.join(sorted(left))}")
        yield row
        done.update(row)
        for name in row:
            del left[name]


def main():
    targets = {target["name"]: target for target in json.load(sys.stdin)["targets"]}
    declared = {name: set(target.get("target_dependencies", [])) for name, target in targets.items()}
    for row in levels(declared):
        for name in row:
            lines = f"{name:<14} {' '.join(sorted(declared[name]))}"
            print(f"    {lines.rstrip()}")
    faults = []
    for name, target in sorted(targets.items()):
        if target["type"] == "system-target":
            continue
        used = imports(target) & targets.keys()
        faults += [f"{name} imports {other} and does not declare it" for other in sorted(used - declared[name])]
        faults += [f"{name} declares {other} and does not import it" for other in sorted(declared[name] - used)]
    for fault in faults:
        print(f"not so: {fault}", file=sys.stderr)
    sys.exit(1 if faults else 0)


main()
