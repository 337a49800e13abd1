"""Checks the SPDX document of a release: its fields, its references, and that it has the checksum of each file.

The directory of the release is the argument.
"""

import hashlib
import json
import pathlib
import re
import sys

FIELDS = {"spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages", "relationships"}


def main():
    directory = pathlib.Path(sys.argv[1])
    (path,) = directory.glob("*.spdx.json")
    document = json.loads(path.read_text())
    assert set(document) == FIELDS, set(document) ^ FIELDS
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document["creationInfo"]["created"])
    ids = [package["SPDXID"] for package in document["packages"]]
    assert len(ids) == len(set(ids)), "an id is there twice"
    for package in document["packages"]:
        assert re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", package["SPDXID"]), package["SPDXID"]
        for field in ("name", "versionInfo", "downloadLocation", "licenseDeclared"):
            assert package[field], f"{package['SPDXID']} has no {field}"
    known = {*ids, document["SPDXID"]}
    for relation in document["relationships"]:
        ends = {relation["spdxElementId"], relation["relatedSpdxElement"]}
        assert ends <= known, ends - known
    named = {
        package["packageFileName"]: package["checksums"][0]["checksumValue"]
        for package in document["packages"]
        if "packageFileName" in package
    }
    files = {file.name: file for file in directory.iterdir() if file.name != "SHA256SUMS" and file != path}
    assert set(named) == set(files), set(named) ^ set(files)
    for name, file in files.items():
        assert named[name] == hashlib.sha256(file.read_bytes()).hexdigest(), name
    assert {"libpq5", "swift-runtime"} <= {package["name"] for package in document["packages"]}


main()
