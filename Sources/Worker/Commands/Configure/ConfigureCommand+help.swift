import Base
import Inspect
import Sync

extension ConfigureCommand {
    static let help = CommandHelp(
        name: "configure",
        summary: "change how a project wants a repository synced",
        usage: """
            --repository OWNER/NAME
            [--workspace SLUG] [--project IDENTIFIER]
            OPTION... | --file FILE  [--dry-run] [--json]
            """,
        options: SyncFilter.options + [
            Option(
                "--accept",
                "EVENT[.ACTION]",
                "process these only: issues, issues.opened; or\nall (lists: see below)",
                isRepeatable: true,
                completion: .words(["all"] + EventType.allCases.map(\.rawValue))
            ),
            Option(
                "--state",
                "KEY=STATE",
                "the state of issues that are open, completed\nor cancelled on GitHub: Todo, group:started",
                isRepeatable: true
            ),
            Option(
                "--pull-request-state",
                "KEY=STATE",
                "the state of an open issue while a pull\nrequest that closes it is draft or open, and\nwhen it is merged",
                isRepeatable: true
            ),
            Option(
                "--pull-request-links",
                "on|off",
                "link issues to the pull requests that name\nthem",
                completion: .words(["on", "off"])
            ),
            Option(
                "--label",
                "GITHUB=PLANE",
                "the project's label for a GitHub label; \\=\nstands for an equals sign in GitHub's name",
                isRepeatable: true
            ),
            Option(
                "--priority",
                "LABEL=PRIORITY",
                "urgent, high, medium, low or none for issues\nwith this GitHub label; the first rule that\nfits counts",
                isRepeatable: true
            ),
            Option("--ignore", "JSONPATH", "ignore deliveries for which this predicate is\ntrue", isRepeatable: true),
            Option(
                "--transform",
                "RULE",
                "'FIELD=VALUE' or 'FIELD=VALUE when JSONPATH';\nFIELD: title, body, priority, label; VALUE: a\ntext, or a path where it begins with $",
                isRepeatable: true
            ),
            Option("--rate", "N", "deliveries a minute, 1 to 60000, or none;\nmore of them wait, and none is dropped"),
            Option("--burst", "N", "how many are processed at once after a pause\n(default: as --rate)"),
            Option("--new-label", "NAME", "a label that new issues get", isRepeatable: true),
            Option("--new-parent", "ID", "the parent of new issues, as in GH-12"),
            Option("--new-module", "NAME", "the module that new issues are added to"),
            Option(
                "--outbound",
                "off|linked|label|all",
                "what is sent to GitHub: nothing (default),\nthe changes of issues that exist on both\nsides, also new issues with a label, or all",
                completion: .words(OutboundRules.Scope.allCases.map(\.rawValue))
            ),
            Option(
                "--create-label",
                "NAME",
                "the label in Plane that makes an issue go to\nGitHub (default: github)"
            ),
            Option(
                "--outbound-comments",
                "WHICH",
                "new comments that are sent too: off, which\nis the default, external (those for\neverybody), or all",
                completion: .words(OutboundRules.Comments.allCases.map(\.rawValue))
            ),
            Option(
                "--outbound-mentions",
                "HOW",
                "how texts name people on GitHub: names\n(default), or logins, which notifies those\nwhose account is known",
                completion: .words(OutboundRules.Mentions.allCases.map(\.rawValue))
            ),
            Option(
                "--outbound-delete",
                "leave|close",
                "what becomes on GitHub of an issue that is\ndeleted in Plane (default: leave)",
                completion: .words(OutboundRules.Deletion.allCases.map(\.rawValue))
            ),
            Option(
                "--outbound-without",
                "FIELD",
                "title, text, state, labels or assignees:\nnever sent; or nothing",
                isRepeatable: true,
                completion: .words(["nothing"] + OutboundRules.Field.allCases.map(\.rawValue))
            ),
            Option(
                "--conflict",
                "github|plane",
                "whose value stays when both sides changed it\n(default: github)",
                completion: .words(ConflictRule.allCases.map(\.rawValue))
            ),
            Option(
                "--issue-link",
                "URL|off",
                "link each synced issue in Plane to its page\non the dashboard that has this address\n(default: off)",
                completion: .words(["off"])
            ),
            Option(
                "--clear",
                "PART",
                "reset to the default, before anything else is\nset: accept, states, pull-requests, labels,\npriorities, ignore, transform, rate,\nnew-issues, outbound, issue-link",
                isRepeatable: true,
                completion: .words(SettingsPart.allCases.map(\.rawValue))
            ),
            Option(
                "--file",
                "FILE",
                "replace all settings by this document, as\nshow-config --json prints it; - reads\nstandard input",
                completion: .file
            ),
            Option("--dry-run", "check and show what would change; write\nnothing"),
            .json,
        ],
        details: [
            "Each option changes its own part and leaves the others as they are. Options for",
            "lists (--accept, --label, --priority, --ignore, --transform, --new-label,",
            "--outbound-without) may be repeated and replace their list as a whole; --accept",
            "also takes commas.",
            "Prints the settings before and after. Workers use them within seconds.",
            "",
            "Everything is checked against Plane and PostgreSQL first; if anything is wrong,",
            "nothing changes. A predicate is PostgreSQL's jsonpath over the body GitHub sent:",
            "'$.issue.user.login == \"bot\"' or 'exists($.issue.labels[*] ? (@.name == \"x\"))'.",
            "A comparison with something the body does not have is false, and the rule does",
            "not apply. A predicate that PostgreSQL cannot decide, such as 'starts with' on",
            "null, is unknown, also under !, and the rule does not apply either; write",
            "'… || (…) is unknown' if it should. If several projects follow a repository, the",
            "lowest --rate counts for all.",
            "",
            "Who changed what and when is recorded: see plane-worker show-config --history.",
            "Keys with --json: workspace, project, repository, repository_sync_id, dry_run,",
            "changed, changes (list of name, before, after), remarks (list), settings.",
        ],
        example: [
            "plane-worker configure --repository octocat/hello-world \\",
            "    --state open=Todo --pull-request-state 'open=group:started' \\",
            "    --priority 'priority: high=high' --ignore '$.sender.type == \"Bot\"'",
        ]
    )
}
