# Checks the links between Markdown pages. Sourced, not run.

# Prints a line for each link of the pages $@ that leads to no file, or to no heading of the page it leads to. Links to
# the web are not followed.
broken_links() {
    local page link target
    for page in "$@"; do
        while read -r link; do
            target=$page
            if [[ $link != '#'* ]]; then target=$(dirname -- "$page")/${link%%#*}; fi
            if [[ ! -e $target ]]; then
                printf '%s: there is no %s\n' "$page" "$link"
            elif [[ $link == *'#'* ]] && ! page_anchors "$target" | grep -qxF -- "${link#*'#'}"; then
                printf '%s: there is no heading for %s\n' "$page" "$link"
            fi
        done < <(page_links "$page")
    done
}

# Links are relative to the page that has them.
page_links() {
    grep -oE '\]\([^) ]+\)' "$1" | sed 's/^](//; s/)$//' | grep -v '^[a-z]*:'
}

# The anchors that GitHub makes of a page's headings.
page_anchors() {
    sed -nE 's/^#+ //p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}
