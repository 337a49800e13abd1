import Database
import Foundation
import TestSupport

/// Settings of a server, a database, a role or an environment that change what statements do or what their results look
/// like.
enum ServerSettings {
    /// Each as far as can be from what our programs rely on.
    ///
    /// Those of time are the shortest under which a server connection that a pooler opens can still be set up, on a busy
    /// machine and with each statement compiled.
    static let worst: [(name: String, value: String)] = [
        ("DateStyle", "German, DMY"), ("IntervalStyle", "iso_8601"), ("bytea_output", "escape"),
        ("TimeZone", "Asia/Kathmandu"), ("extra_float_digits", "-15"), ("standard_conforming_strings", "off"),
        ("default_transaction_isolation", "serializable"), ("default_transaction_deferrable", "on"),
        ("client_encoding", "LATIN1"), ("search_path", "nowhere"), ("xmloption", "document"), ("array_nulls", "off"),
        ("backslash_quote", "off"), ("quote_all_identifiers", "on"), ("row_security", "off"),
        ("transform_null_equals", "on"), ("lock_timeout", "1ms"), ("statement_timeout", "2s"),
        ("idle_in_transaction_session_timeout", "500ms"), ("idle_session_timeout", "500ms"),
        ("client_min_messages", "debug5"), ("plan_cache_mode", "force_generic_plan"), ("enable_indexscan", "off"),
        ("enable_bitmapscan", "off"), ("enable_hashjoin", "off"), ("enable_nestloop", "off"), ("enable_sort", "off"),
        ("jit", "on"), ("jit_above_cost", "0"), ("lc_numeric", "C"), ("default_text_search_config", "simple"),
        ("exit_on_error", "on"),
    ]

    /// What libpq, or the server at the start of a session, takes from the environment and the address.
    static let environment = [
        "PGDATESTYLE": "SQL, DMY", "PGTZ": "Asia/Kathmandu", "PGCLIENTENCODING": "LATIN1", "PGGEQO": "off",
        "PGOPTIONS": "-c DateStyle=German -c search_path=nowhere -c statement_timeout=1 -c work_mem=5MB",
    ]

    /// The same in the options of an address, which go before `PGOPTIONS`.
    static let addressOptions =
        "options=-c%20DateStyle%3DGerman%20-c%20search_path%3Dnowhere%20-c%20statement_timeout%3D1%20-c%20work_mem%3D5MB"

    /// Sets them for the database, by the role that owns it; for sessions from now on.
    static func apply(to connection: Connection) async throws {
        for (name, value) in worst {
            let statement: String = try await connection.value(
                """
                select format('alter database %I set %s to %s', current_database(), \(name), (
                    select string_agg(quote_literal(word), ', ') from unnest(string_to_array(\(value), ', ')) as word
                )) as value
                """
            )
            try await connection.runScript(statement, within: .seconds(10))
        }
    }
}
