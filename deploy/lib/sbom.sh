# Writes what a release consists of, as SPDX 2.3. Sourced, not run.
#
# Each file of the release is a package of the document, and so is what the programs contain or are linked with. It uses
# name, version, commit, architecture, files and state of deploy/release. No text in it needs to be escaped.

write_sbom() {
    local packages=() relations=() file library id number=0 swift system programs package source built
    for file in "$files"/*; do
        number=$((number + 1))
        file=${file##*/}
        packages+=("$(sbom_file "File$number" "$file")")
        relations+=("$(sbom_relation DOCUMENT DESCRIBES "File$number")")
        case $file in
            *linux*) programs=File$number ;;
            *.deb) package=File$number ;;
            *) source=File$number ;;
        esac
    done
    system=$(sed -n 's/^ID=//p' /etc/os-release)
    swift=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p')
    packages+=("$(sbom_package Swift swift-runtime "$swift" 'Apache-2.0 WITH Swift-exception' \
        "pkg:github/swiftlang/swift@swift-$swift-RELEASE")")
    for built in "$programs" "$package"; do
        relations+=("$(sbom_relation "$built" GENERATED_FROM "$source")" "$(sbom_relation "$built" STATIC_LINK Swift)")
    done
    while read -r library number; do
        id=Library-${library//+/plus}
        packages+=("$(sbom_package "$id" "$library" "$number" NOASSERTION \
            "pkg:deb/$system/$library@${number//+/%2B}?arch=$architecture")")
        for built in "$programs" "$package"; do
            relations+=("$(sbom_relation "$built" DYNAMIC_LINK "$id")")
        done
    done < <(library_packages "$state"/programs/*)
    cat <<END
{
  "spdxVersion": "SPDX-2.3",
  "dataLicense": "CC0-1.0",
  "SPDXID": "SPDXRef-DOCUMENT",
  "name": "$name-$version",
  "documentNamespace": "https://spdx.org/spdxdocs/$name-$version-$architecture-$(git rev-parse HEAD)",
  "creationInfo": {
    "created": "$(date --utc --date="@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)",
    "creators": ["Tool: $name-release-$version"]
  },
  "packages": [
$(sbom_list "${packages[@]}")
  ],
  "relationships": [
$(sbom_list "${relations[@]}")
  ]
}
END
}

# $1 is its id in the document, $2 the file's name.
sbom_file() {
    local purpose=ARCHIVE
    case $2 in
        *.deb) purpose=INSTALL ;;
        "$name-$version.tar.gz") purpose=SOURCE ;;
    esac
    printf '{"SPDXID": "SPDXRef-%s", "name": "%s", "versionInfo": "%s", ' "$1" "$name" "$version"
    printf '"packageFileName": "%s", "primaryPackagePurpose": "%s", ' "$2" "$purpose"
    printf '"downloadLocation": "NOASSERTION", "filesAnalyzed": false, "licenseDeclared": "Apache-2.0", '
    printf '"checksums": [{"algorithm": "SHA256", "checksumValue": "%s"}]}\n' "$(sha256sum <"$files/$2" | cut -d ' ' -f 1)"
}

# $1 id, $2 name, $3 version, $4 licence, $5 package URL.
sbom_package() {
    printf '{"SPDXID": "SPDXRef-%s", "name": "%s", "versionInfo": "%s", "primaryPackagePurpose": "LIBRARY", ' "$1" "$2" "$3"
    printf '"downloadLocation": "NOASSERTION", "filesAnalyzed": false, "licenseDeclared": "%s", ' "$4"
    printf '"externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "%s"}]}\n' "$5"
}

sbom_relation() {
    printf '{"spdxElementId": "SPDXRef-%s", "relationshipType": "%s", "relatedSpdxElement": "SPDXRef-%s"}\n' "$@"
}

sbom_list() {
    printf '    %s\n' "$@" | sed '$!s/$/,/'
}
