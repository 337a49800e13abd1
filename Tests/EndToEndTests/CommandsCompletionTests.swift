import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandsCompletionTests {
    /// What bash offers for a command line whose last word is unfinished.
    private static func offered(_ line: [String]) async throws -> [String] {
        let words = line.map { "'\($0)'" }.joined(separator: " ")
        let run = try await CommandsRun.script(
            "/bin/bash",
            """
            set -eu
            source <(plane-worker completion bash)
            COMP_WORDS=(plane-worker \(words)) COMP_CWORD=\(line.count)
            _plane_worker
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        )
        #expect(run.status == 0, "\(run.errors)")
        return run.lines
    }

    @Test func `bash knows how to complete the programs`() async throws {
        let run = try await CommandsRun.script(
            "/bin/bash",
            "set -eu; source <(plane-worker completion bash); complete -p plane-worker plane-admin plane-ingest"
        )
        #expect(run.errors == "")
        #expect(
            run.lines == [
                "complete -F _plane_worker plane-worker", "complete -F _plane_worker plane-admin",
                "complete -W 'help version manual --help --version' plane-ingest",
            ]
        )
    }

    @Test(arguments: [
        (["sta"], ["status"]), (["disc"], ["disconnect"]), (["help", "disc"], ["disconnect"]),
        (["manual", "disc"], ["disconnect"]), (["manual", "--"], ["--into", "--help"]),
        (["users", ""], ["list", "map", "unmap", "--help"]),
        (["events", "--status", ""], ["pending", "processing", "completed", "failed"]),
        (["events", "--status", "=", "c"], ["completed"]),
        (["events", "--status", "="], ["pending", "processing", "completed", "failed"]),
        (["events", "--type", "issue_"], ["issue_comment"]), (["replay", "--status", ""], ["failed"]),
        (["configure", "--clear", "pull"], ["pull-requests"]),
        (["configure", "--pull-request-links", ""], ["on", "off"]),
        (["configure", "--accept", "sub"], ["sub_issues"]), (["configure", "--file", "/etc/hostn"], ["/etc/hostname"]),
        (["completion", ""], ["bash", "zsh", "fish"]), (["users", "map", "--git"], ["--github-id"]),
        (["status", "--watch", "--j"], ["--json"]), (["events", "--limit", ""], []),
        (["configure", "--state", "open", "=", ""], []), (["nonsense", "--"], []),
    ])
    func `bash offers what fits`(_ line: [String], _ expected: [String]) async throws {
        #expect(try await Self.offered(line) == expected)
    }

    @Test func `every command and each of its options is offered, and nothing else`() async throws {
        let listed = try await CommandsRun.worker(["--help"]).lines.drop { !$0.hasPrefix("Commands") }
            .dropFirst().prefix { $0.hasPrefix("  ") }
            .compactMap { $0.firstMatch(of: /^ {2}([a-z-]+(?: [a-z]+)?) {2}/).map { String($0.output.1) } }
        #expect(listed.count > 12)
        let first = try await Self.offered([""])
        let general = ["help", "version", "--help", "--version"]
        #expect(Set(first) == Set(listed.map { String($0.prefix { $0 != " " }) } + general))
        for command in listed {
            let words = command.split(separator: " ").map(String.init)
            let help = try await CommandsRun.worker(words + ["--help"]).lines
            let options = help.compactMap { $0.firstMatch(of: /^  (--[a-z-]+)/).map { String($0.output.1) } }
            #expect(try await Self.offered(words + ["--"]).sorted() == (options + ["--help"]).sorted(), "\(command)")
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/zsh"), "zsh is not installed"))
    func `zsh reads its script and knows what to call`() async throws {
        let run = try await CommandsRun.script(
            "/usr/bin/zsh",
            """
            set -e
            file=$(mktemp)
            plane-worker completion zsh > $file
            zsh -n $file
            autoload -Uz compinit
            compinit -u -D
            source $file
            rm $file
            print $_comps[plane-worker] $_comps[plane-admin] $+functions[_plane-worker]
            """
        )
        #expect(run.errors == "")
        #expect(run.output == "_plane-worker _plane-worker 1\n")
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/fish"), "fish is not installed"),
        arguments: [
            ("plane-worker sta", ["status"]), ("plane-worker --", ["--help", "--version"]),
            ("plane-worker users ", ["list", "map", "unmap"]), ("plane-worker help users m", ["map"]),
            ("plane-worker help disc", ["disconnect"]),
            ("plane-worker events --status ", ["completed", "failed", "pending", "processing"]),
            ("plane-worker events --status=c", ["--status=completed"]), ("plane-worker events --limit ", []),
            ("plane-worker events --type issue_", ["issue_comment"]), ("plane-worker status --watch --j", ["--json"]),
            ("plane-worker configure --clear pull", ["pull-requests"]),
            ("plane-worker configure --file /etc/hostn", ["/etc/hostname"]),
            ("plane-worker completion ", ["bash", "fish", "zsh"]), ("plane-worker users map --git", ["--github-id"]),
            ("plane-worker nonsense --", []), ("plane-admin disc", ["disconnect"]),
            ("plane-admin users map --git", ["--github-id"]), ("plane-ingest ver", ["version"]),
        ]
    )
    func `fish offers what fits`(_ line: String, _ expected: [String]) async throws {
        let run = try await CommandsRun.script(
            "/usr/bin/fish",
            "plane-worker completion fish | source; complete --do-complete '\(line)'"
        )
        #expect(run.errors == "")
        #expect(run.lines.map { String($0.prefix { $0 != "\t" }) }.sorted() == expected)
    }

    @Test(arguments: [[], ["tcsh"], ["bash", "zsh"]])
    func `only the three shells are known`(_ words: [String]) async throws {
        let run = try await CommandsRun.worker(["completion"] + words)
        #expect(run.status == 2)
        #expect(run.errors.hasPrefix("plane-worker: expected one of: bash, zsh, fish"))
    }
}
