import Foundation
import TestSupport
import Testing

struct CommandsManualTests {
    /// What `man` shows of each page, by the page's name; it would print warnings about what troff cannot read.
    private static func shown() async throws -> [String: String] {
        let run = try await CommandsRun.script(
            "/bin/bash",
            """
            set -eu
            pages=$(mktemp -d)
            trap 'rm -r -- "$pages"' EXIT
            plane-worker manual --into "$pages"
            plane-ingest manual >"$pages/plane-ingest.8"
            export LC_ALL=C.UTF-8 MANWIDTH=80
            for page in "$pages"/*.8; do
                printf '\\f%s\\n' "$(basename "$page" .8)"
                lexgrog "$page" >/dev/null || printf '%s has no line for apropos\\n' "$page" >&2
                man --warnings --local-file "$page"
            done
            """
        )
        #expect(run.status == 0)
        #expect(run.errors == "")
        return run.output.split(separator: "\u{0C}").reduce(into: [:]) { pages, page in
            // A long summary goes on in the next line.
            let words = page.split(whereSeparator: \.isWhitespace)
            pages[String(words[0])] = words.joined(separator: " ")
        }
    }

    /// Names at the beginning of a line of a help: commands, options and variables.
    private static func names(in help: [String]) -> [String] {
        let name = /^ {2}(--[a-z-]+|[A-Z]+_[A-Z_<>]+|[a-z-]+(?: [a-z]+)?)(?:,| |$)/
        return help.compactMap { $0.firstMatch(of: name).map { String($0.output.1) } }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/man"), "man is not installed"))
    func `the page of each command and program names all that its help names`() async throws {
        let pages = try await Self.shown()
        let program = try await CommandsRun.worker(["--help"]).lines
        let commands = program.drop { !$0.hasPrefix("Commands") }.dropFirst().prefix { $0.hasPrefix("  ") }
            .compactMap { $0.firstMatch(of: /^ {2}([a-z-]+(?: [a-z]+)?) {2}/).map { String($0.output.1) } }
        #expect(commands.count > 12)
        #expect(pages.count == commands.count + 2)
        let ingest = try await CommandsRun.script("/bin/bash", "plane-ingest help").lines
        var expected = ["plane-worker": Self.names(in: program), "plane-ingest": Self.names(in: ingest)]
        for command in commands {
            let words = command.split(separator: " ").map(String.init)
            let help = try await CommandsRun.worker(words + ["--help"]).lines
            let name = (["plane-worker"] + words).joined(separator: "-")
            expected[name] = Self.names(in: help) + ["--help"]
            let first = try #require(help.first { !$0.isEmpty && !$0.hasPrefix("usage") && !$0.hasPrefix("   ") })
            #expect(pages[name]?.contains("\(name) - \(first.dropLast())") == true)
        }
        for (page, names) in expected {
            let text = try #require(pages[page], "there is no page \(page)")
            #expect(names.filter { !text.contains($0) } == [], "\(page)")
        }
        #expect(expected["plane-ingest"]?.contains("INGEST_SPOOL_DIR") == true)
        #expect(expected["plane-worker-configure"]?.contains("--accept") == true)
    }

    @Test func `a page can be had of one command, and of the program`() async throws {
        let page = try await CommandsRun.worker(["manual", "users", "map"])
        #expect(page.status == 0)
        #expect(page.output.hasPrefix(".TH \"PLANE\\-WORKER\\-USERS\\-MAP\" 8 "))
        #expect(try await CommandsRun.worker(["manual"]).output.hasPrefix(".TH \"PLANE\\-WORKER\" 8 "))
    }

    @Test(arguments: [
        (["evnts"], 2, "unknown command 'evnts', did you mean 'events'? (see plane-worker manual --help)"),
        (["users"], 2, "unknown command 'users', expected one of: run, "),
        (["events", "--into", "/tmp"], 2, "--into writes all pages, expected no command"),
        (["--into", "/nowhere"], 1, "cannot write /nowhere/plane-worker.8: "),
    ])
    func `what cannot be shown is said in a line`(_ words: [String], _ status: Int32, _ problem: String) async throws {
        let run = try await CommandsRun.worker(["manual"] + words)
        #expect(run.status == status)
        #expect(run.output == "")
        #expect(run.errors.hasPrefix("plane-worker: \(problem)"))
    }
}
