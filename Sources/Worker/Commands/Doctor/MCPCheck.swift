import Base
import Database
import GitHubClient
import Inspect

/// Looks at the MCP server of this environment, if there is one: whether it answers, what it can do for us, and whether
/// GitHub takes our token through it.
struct MCPCheck: Sendable {
    private let client: MCPClient
    private let config: MCPConfig

    static func findings(of installation: Installation) async -> [Finding] {
        let config: MCPConfig?
        do throws(Environment.Problem) {
            config = try MCPConfig(installation.environment)
        } catch {
            return [.failed("\(error)", "correct or remove it")]
        }
        // Hardly anybody has one, and nothing is missing without.
        guard let config else { return [] }
        // What a program says on its standard error is for whoever starts it by hand.
        let client = MCPClient(config, log: Log { _ in })
        let findings = await MCPCheck(client: client, config: config).findings(on: await installation.firstRepository())
        await client.end()
        return findings
    }

    private func findings(on repository: RepositoryName?) async -> [Finding] {
        var findings: [Finding] = []
        do throws(GitHubError) {
            let can = try await client.capabilities()
            let version = try await client.protocolVersion()
            findings += [
                .ok("the MCP server answers, in version \(version) of the protocol"), Self.finding(on: can),
                .ok("titles and bodies are read by REST alone: MCP servers rewrite them for language models"),
            ]
            if let repository, can.operations.contains(.readIssue) {
                findings.append(try await finding(on: repository))
            }
        } catch {
            findings.append(finding(for: error))
        }
        return findings
    }

    /// That there is no such issue is an answer of GitHub's too.
    private func finding(on repository: RepositoryName) async throws(GitHubError) -> Finding {
        do {
            _ = try await client.issue(1, in: repository)
        } catch {
            switch error {
            case .notFound, .gone: break
            case .forbidden(let words):
                return .failed("through MCP GitHub forbids issues of \(repository): \(words)", "grant Issues: read")
            default: throw error
            }
        }
        return .ok("GitHub answers through it")
    }

    private static func finding(on can: MCPCapabilities) -> Finding {
        let has = MCPOperation.allCases.filter(can.operations.contains).map(\.words)
        let lacks = MCPOperation.allCases.filter { !can.operations.contains($0) }
        let text = "its tools can: \(has.isEmpty ? "nothing of ours" : has.joined(separator: ", "))"
        guard !lacks.isEmpty else { return .ok(text) }
        let words = "\(text); not: \(lacks.map(\.words).joined(separator: ", "))"
        // Only the newest servers edit comments.
        guard lacks != [.editComment] else { return .ok(words) }
        return .warning(words, "let it offer the toolsets issues and pull_requests, and not read-only")
    }

    private func finding(for error: GitHubError) -> Finding {
        switch error {
        case .unauthorized:
            return .failed("the MCP server or GitHub behind it refuses our token", "give GITHUB_TOKEN a new one")
        case .rateLimited: return .warning("\(error)", "wait until then: nothing is lost")
        case .transient(let reason, _):
            let advice =
                switch config {
                case .http: "see that this machine reaches GITHUB_MCP_URL"
                case .command: "start the command of GITHUB_MCP_COMMAND by hand: it says why on standard error"
                }
            return .failed("the MCP server cannot be used: \(reason)", advice)
        default: return .failed("\(error)", "check GITHUB_MCP_URL or GITHUB_MCP_COMMAND, and the token")
        }
    }
}

extension MCPOperation {
    fileprivate var words: String {
        switch self {
        case .readIssue: "read issues"
        case .readComments: "list comments"
        case .readPullRequest: "read pull requests"
        case .createIssue: "create issues"
        case .updateIssue: "change state, labels and assignees"
        case .addComment: "add comments"
        case .editComment: "edit comments"
        }
    }
}

extension Installation {
    /// One that is connected; nil without a database that answers.
    fileprivate func firstRepository() async -> RepositoryName? {
        let syncs = try? await reachable?.connectedSyncs(SyncFilter(repository: nil))
        return syncs?.map(\.repository).min().flatMap { RepositoryName($0) }
    }
}
