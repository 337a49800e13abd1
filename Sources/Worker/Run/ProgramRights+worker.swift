import Database

extension ProgramRights {
    package static let worker = ProgramRights(
        group: "plane_sync_worker",
        tables: [
            ("github_sync.github_webhook_events", "update"), ("github_sync.github_issue_versions", "insert"),
            ("github_sync.github_workers", "insert"), ("public.accounts", "select"), ("public.issues", "insert"),
            ("public.issues", "update"), ("public.issue_comments", "insert"), ("public.issue_activities", "insert"),
            ("public.comment_reactions", "update"),
        ]
    )
}
