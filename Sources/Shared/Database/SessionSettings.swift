import Base
import CPostgres
import Foundation

/// What our statements rely on, whatever the server, the database, the role or the user's environment have set.
///
/// Not `default_transaction_read_only`: who sets that means it. Texts of messages differ with `lc_messages`, which only
/// a superuser may set; nothing reads them.
struct SessionSettings {
    private let values: [(name: String, value: String)]

    init(_ config: DatabaseConfig) {
        var values = [
            // An operator or a function that somebody put into another schema must not be a better match than
            // PostgreSQL's own. So everything else is named with its schema.
            ("search_path", "pg_catalog"),
            // How values look that we read as text, and how the texts of our statements are read.
            ("DateStyle", "ISO, YMD"), ("IntervalStyle", "postgres"), ("TimeZone", "UTC"), ("bytea_output", "hex"),
            ("extra_float_digits", "1"), ("standard_conforming_strings", "on"), ("quote_all_identifiers", "off"),
            ("default_transaction_isolation", "read committed"),
            ("statement_timeout", String(Int(config.statementTimeout / .milliseconds(1)))), ("lock_timeout", "0"),
            ("idle_in_transaction_session_timeout", "60000"), ("idle_session_timeout", "0"),
            // An error ends a transaction, not the session with it.
            ("exit_on_error", "off"),
            // Compiling a statement takes longer than any of ours, and is done anew for each run.
            ("jit", "off"),
        ]
        // A pooled connection does not need it: it keeps no plans.
        if config.prefersIndexes, !config.pooled { values.append(("enable_seqscan", "off")) }
        self.values = values
    }

    /// For the start of a session: what the user asked for, and then ours, of which each has the last word.
    func startupOptions(after wanted: String) -> String {
        values.reduce(into: wanted) { options, setting in
            options += " -c \(setting.name)=\(setting.value.replacing(" ", with: "\\ "))"
        }
    }

    /// Sets all of them in one statement, for the transaction or for the session.
    ///
    /// Only here, after the start, is the server's version known; a setting that it does not know is an error.
    func statement(isLocal: Bool, onVersion version: Int32) -> Query {
        let all = version >= 170_000 ? values + [(name: "transaction_timeout", value: "0")] : values
        let calls = all.map { "pg_catalog.set_config('\($0.name)', '\($0.value)', \(isLocal))" }
        return Query(unescapedTextOfOurOwn: "select " + calls.joined(separator: ", "))
    }

    /// The options that an address, a service file or PGOPTIONS names.
    ///
    /// libpq itself finds them, before it fails over an address that is none.
    static func optionsOfUser(in url: Secret) -> String {
        let pointer = ConnectionHandle.begin([("dbname", url.reveal()), ("hostaddr", "none")])
        defer { PQfinish(pointer) }
        guard let all = PQconninfo(pointer) else { return "" }
        defer { PQconninfoFree(all) }
        var option = all
        while let keyword = option.pointee.keyword {
            if String(cString: keyword) == "options" { return option.pointee.val.map { String(cString: $0) } ?? "" }
            option = option.advanced(by: 1)
        }
        return ""
    }
}
