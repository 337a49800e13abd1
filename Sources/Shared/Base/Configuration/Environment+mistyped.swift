extension Environment {
    private static let prefixes = ["DASHBOARD_", "DATABASE_", "GITHUB_", "INGEST_", "LOG_", "PLANE_", "WORKER_"]

    /// Variables that nobody reads and that look like one of those which `help` names, a sentence for each.
    ///
    /// Others may use our prefixes too, as GitHub's own runners do: so a stranger is no error.
    package func mistyped(help: [String]) -> [String] {
        let known = Set(help.flatMap { $0.matches(of: /[A-Z]+(?:_[A-Z]+)+/).map { String($0.output) } })
        return values.keys.sorted().compactMap { name in
            // The rest of the name of a source's secret is anybody's choice.
            guard Self.prefixes.contains(where: name.hasPrefix), !name.hasPrefix("GITHUB_WEBHOOK_SECRET_"),
                !known.contains(name), let near = known.nearest(to: name)
            else { return nil }
            return "\(name) is set and not known, did you mean \(near)?"
        }
    }

    /// The log of a service; it begins with the variables that look mistyped.
    package func serviceLog(onTerminal: Bool, help: [String]) throws(Problem) -> Log {
        let log = try log(onTerminal: onTerminal)
        for mistake in mistyped(help: help) { log(.warning, "a setting may be mistyped", [.reason: mistake]) }
        return log
    }
}
