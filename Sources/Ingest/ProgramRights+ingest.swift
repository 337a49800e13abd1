import Database

extension ProgramRights {
    static let ingest = ProgramRights(
        group: "plane_sync_ingest",
        tables: [
            ("github_sync.github_webhook_events", "insert"), ("github_sync.github_webhook_events", "update"),
            ("public.github_repositories", "select"), ("public.github_repository_syncs", "select"),
        ]
    )
}
