# What README.md claims about files, tests and settings. Sourced, not run.

# Every link that is not to the web, and everything that looks like a path of this repository.
check_paths() {
    local path count=0
    while read -r path; do
        count=$((count + 1))
        [[ -e $path ]] || problem "there is no $path"
    done < <(
        {
            grep -oE '\]\([^)]+\)' "$readme" | sed 's/^](//; s/)$//' | grep -v '^https\?://'
            grep -oE '(^|[^A-Za-z0-9_./-])(Sources|Tests|deploy|sql|\.ci)(/[A-Za-z0-9_.+-]+)+' "$readme" |
                sed -E 's/^[^A-Za-z.]//; s/\.$//'
        } | sort -u
    )
    note "$count paths"
    ((count > 0)) || problem 'no path was found'
}

# In a line that links to test files, each "sentence" is the name of a test in one of them.
check_sentences() {
    local line sentence files count=0
    while IFS= read -r line; do
        mapfile -t files < <(grep -oE '\]\(Tests/[^)]+\.swift\)' <<<"$line" | sed 's/^](//; s/)$//')
        while IFS= read -r sentence; do
            count=$((count + 1))
            grep -qsF "func \`${sentence//\"/}\`" -- "${files[@]}" || problem "no test in ${files[*]} is called $sentence"
        done < <(grep -oE '"[^"]+"' <<<"$line")
    done < <(grep -E '\]\(Tests/[^)]+\.swift\)' "$readme")
    note "$count tests"
    ((count > 0)) || problem 'no test was found'
}

# Lines `program variable default` from --help; the default is `-` where it is more than one plain word.
help_facts() {
    local program
    for program in ingest worker; do
        "$programs/plane-$program" --help | awk -v program="$program" '
            function flush(   names, count, i, value) {
                if (entry == "") return
                value = "-"
                if (match(entry, /\([^()]*\)$/)) {
                    value = substr(entry, RSTART + 1, RLENGTH - 2)
                    sub(/^default:? /, "", value)
                    if (value !~ /^[a-z0-9.:]+$/) value = "-"
                }
                count = split(variables, names, /, /)
                for (i = 1; i <= count; i++) print program, names[i], value
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

# The same lines from the table.
table_facts() {
    awk -F ' *[|] *' '
        $2 ~ /^`[A-Z_<>]+`$/ && $3 ~ /^(both|ingest|worker)$/ {
            gsub(/`/, "")
            value = $4 ~ /^[a-z0-9.:]+$/ ? $4 : "-"
            if ($3 != "worker") print "ingest", $2, value
            if ($3 != "ingest") print "worker", $2, value
        }' "$readme"
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
    done < <(grep -oE '\b[A-Z]+_[A-Z_]+\b' "$readme" | sort -u)
    note "$count variables"
    ((count > 20)) || problem 'fewer variables were found in --help than there are'
}
