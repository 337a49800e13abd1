/// The SQL files in `sql/migrations`, carried inside both programs.
package enum Migrations {
    /// Creates the record of applied migrations; runs before each of them.
    package static var ledger: [UInt8] { PackageResources._000_ledger_sql }

    /// In the order they are applied.
    ///
    /// A new file is added here and nowhere else.
    package static var all: [(name: String, sql: [UInt8])] {
        [
            ("0001_events", PackageResources._001_events_sql),
            ("0002_versions", PackageResources._002_versions_sql),
            ("0003_people_and_fleet", PackageResources._003_people_and_fleet_sql),
            ("0004_views", PackageResources._004_views_sql),
            ("0005_settings_and_pulls", PackageResources._005_settings_and_pulls_sql),
            ("0006_rate_limits", PackageResources._006_rate_limits_sql),
            ("0007_counters", PackageResources._007_counters_sql),
            ("0008_monitoring", PackageResources._008_monitoring_sql),
            ("0009_rules", PackageResources._009_rules_sql),
            ("0010_rights", PackageResources._010_rights_sql),
            ("0011_same_second", PackageResources._011_same_second_sql),
            ("0012_github_budget", PackageResources._012_github_budget_sql),
            ("0013_jobs", PackageResources._013_jobs_sql),
            ("0014_unfollowed", PackageResources._014_unfollowed_sql),
            ("0015_outbound", PackageResources._015_outbound_sql),
            ("0016_wakes", PackageResources._016_wakes_sql),
            ("0017_wakes_in_order", PackageResources._017_wakes_in_order_sql),
            ("0018_subjects", PackageResources._018_subjects_sql),
            ("0019_history", PackageResources._019_history_sql),
            ("0020_refusals", PackageResources._020_refusals_sql),
            ("0021_current_rows", PackageResources._021_current_rows_sql),
            ("0022_issue_links", PackageResources._022_issue_links_sql),
            ("0023_receipts", PackageResources._023_receipts_sql),
            ("0024_replaced", PackageResources._024_replaced_sql),
            ("0025_secret_prints", PackageResources._025_secret_prints_sql),
            ("0026_unmapped", PackageResources._026_unmapped_sql),
            ("0027_pings", PackageResources._027_pings_sql),
        ]
    }
}
