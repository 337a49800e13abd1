# Checks what README.md and the manual say about files, tests and variables. Sourced, not run.

# Every page must be in the contents, because only those are checked. README.md must be short enough to be read.
check_pages() {
    local page lines
    for page in deploy/*.md; do
        [[ " ${pages[*]} " == *" $page "* ]] || problem "$contents does not link to $page"
    done
    lines=$(wc -l <README.md)
    ((lines <= 200)) || problem "README.md has $lines lines, 200 are the most that a newcomer should have to read"
    note "${#pages[@]} pages, README.md has $lines lines"
}

check_links() {
    local broken
    while read -r broken; do
        problem "$broken"
    done < <(broken_links "${pages[@]}")
    note "$(for page in "${pages[@]}"; do page_links "$page"; done | wc -l) links"
}

# Checks everything that looks like a path from the root of this repository, in whatever folder the page is.
check_paths() {
    local path count=0
    while read -r path; do
        count=$((count + 1))
        [[ -e $path ]] || problem "there is no $path"
    done < <(grep -ohE '(^|[^A-Za-z0-9_./-])(Sources|Tests|deploy|sql|\.ci)(/[A-Za-z0-9_.+-]+)+' "${pages[@]}" |
        sed -E 's/^[^A-Za-z.]//; s/\.$//' | sort -u)
    note "$count paths"
    ((count > 0)) || problem 'no path was found'
}

# In a line that links to test files, each "sentence" is the name of a test in one of them.
check_sentences() {
    local page line sentence files count=0
    for page in "${pages[@]}"; do
        while IFS= read -r line; do
            mapfile -t files < <(page_links - <<<"$line" | grep '\.swift$' | sed "s|^|$(dirname -- "$page")/|")
            while IFS= read -r sentence; do
                count=$((count + 1))
                grep -qsF "func \`${sentence//\"/}\`" -- "${files[@]}" ||
                    problem "$page: no test in ${files[*]} is called $sentence"
            done < <(grep -oE '"[^"]+"' <<<"$line")
        done < <(grep -E '\]\([^)]*Tests/[^)]+\.swift\)' "$page")
    done
    note "$count tests"
    ((count > 0)) || problem 'no test was found'
}

# Lines `program variable default` from --help; the default is `-` where it is more than one plain word. The dashboard
# counts as a program.
help_facts() {
    local program command
    for program in ingest worker dashboard; do
        command=("$programs/plane-$program" --help)
        if [[ $program == dashboard ]]; then command=("$programs/plane-worker" dashboard --help); fi
        "${command[@]}" | awk -v program="$program" '
            function flush(   names, count, i, value) {
                if (entry == "") return
                value = "-"
                if (match(entry, /\([^()]*\)$/)) {
                    value = substr(entry, RSTART + 1, RLENGTH - 2)
                    sub(/^default:? /, "", value)
                    if (value !~ /^[a-z0-9.:]+$/) value = "-"
                }
                count = split(variables, names, /, /)
                for (i = 1; i <= count; i++) {
                    # The table says of the variables of all programs once that they are for both.
                    if (program != "dashboard" || names[i] !~ /^DATABASE_/) print program, names[i], value
                }
                entry = ""
            }
            /^  [A-Z][A-Z_]*_[A-Z_<>]*(,|  |$)/ {
                flush()
                line = substr($0, 3)
                gap = index(line, "  ")
                variables = gap ? substr(line, 1, gap - 1) : line
                entry = line
                next
            }
            /^   / && entry != "" { entry = entry " " $0; next }
            { flush() }
            END { flush() }'
    done
}

# The same lines from the table of a page.
table_facts() {
    awk -F ' *[|] *' '
        $2 ~ /^`[A-Z_<>]+`$/ && $3 ~ /^(both|ingest|worker|dashboard)$/ {
            gsub(/`/, "")
            value = $4 ~ /^[a-z0-9.:]+$/ ? $4 : "-"
            if ($3 == "dashboard") { print $3, $2, value; next }
            if ($3 != "worker") print "ingest", $2, value
            if ($3 != "ingest") print "worker", $2, value
        }' "${pages[@]}"
}

check_variables() {
    local program variable value shown missing count=0 facts
    facts=$(table_facts)
    while read -r program variable value; do
        count=$((count + 1))
        if ! shown=$(grep -F "$program $variable " <<<"$facts"); then
            problem "plane-$program --help names $variable, the table does not"
        elif [[ $value != - && ${shown##* } != "$value" ]]; then
            problem "the default of $variable is $value, not ${shown##* }"
        fi
    done < <(help_facts)
    missing=$(comm -13 <(help_facts | cut -d ' ' -f 1,2 | sort) <(cut -d ' ' -f 1,2 <<<"$facts" | sort))
    [[ -z $missing ]] || problem "the table has what --help does not name: ${missing//$'\n'/, }"
    # Elsewhere a variable may be one of a script's.
    while read -r variable; do
        grep -qw -- "$variable" <<<"$facts" || grep -rqw -- "$variable" deploy Tests Sources ||
            problem "nothing reads $variable"
    done < <(grep -ohE '\b[A-Z]+_[A-Z_]+\b' "${pages[@]}" | sort -u)
    note "$count variables"
    ((count > 20)) || problem 'fewer variables were found in --help than there are'
}
