import Base

extension CommandHelp {
    /// Its page for `man`: `plane-worker-users-map`.
    var page: ManualPage {
        var page = ManualPage((["plane-worker"] + words).joined(separator: "-"), summary: summary)
        page.section("SYNOPSIS")
        page.kept(synopsis.enumerated().map { $0 == 0 ? $1 : "    \($1)" })
        if !details.isEmpty {
            page.section("DESCRIPTION")
            page.text(details)
        }
        page.section("OPTIONS")
        page.list(options.map { ($0.form, $0.meaning) } + [("--help, -h", "tell more about the command")])
        page.section("EXIT STATUS")
        page.text([exitStatus])
        if !environment.isEmpty {
            page.section("ENVIRONMENT")
            page.list(environment)
        }
        page.section("EXAMPLE")
        page.kept(example)
        page.section("SEE ALSO")
        page.text(["plane-worker(8)"])
        return page
    }
}

extension ProgramHelp {
    /// The page of the program, which leads to those of its commands.
    static var page: ManualPage {
        let commands = Program.commands.map { $0.help }
        var page = ManualPage("plane-worker", summary: summary)
        page.section("SYNOPSIS")
        page.kept(["plane-worker COMMAND [OPTIONS]"])
        page.section("COMMANDS")
        page.list(commands.map { ($0.name, $0.summary) })
        page.section("OPTIONS")
        page.list([
            ("help COMMAND, --help, -h", "say more about a command"), ("version, --version", "print the version"),
        ])
        page.section("EXIT STATUS")
        page.text([exitStatus])
        page.section("ENVIRONMENT")
        page.list(variables)
        page.section("SEE ALSO")
        let pages = ["plane-ingest"] + commands.map { $0.page.name }
        page.text([pages.map { "\($0)(8)" }.joined(separator: ", ")])
        return page
    }
}
