import Base
import Foundation

/// Looks at the webhook secrets of this environment; none is ever printed.
struct SecretCheck: Sendable {
    private static let variable = "GITHUB_WEBHOOK_SECRET"
    private let variables: [String: String]

    init(_ variables: [String: String]) { self.variables = variables }

    func findings() -> [Finding] {
        let environment = Environment(variables)
        let names = variables.keys.filter { $0.hasPrefix(Self.variable) && environment.string($0) != nil }.sorted()
        var findings = names.flatMap { self.findings($0, environment) }
        if (try? environment.flag("ALLOW_UNSIGNED_WEBHOOKS")) == true {
            findings.append(
                .warning(
                    "ALLOW_UNSIGNED_WEBHOOKS is set: where there is no secret, anybody may send deliveries",
                    "set \(Self.variable) and remove it"
                )
            )
        }
        guard findings.isEmpty else { return findings }
        return [.notChecked("\(Self.variable) is not set here", "run doctor with the environment of plane-ingest")]
    }

    private func findings(_ name: String, _ environment: Environment) -> [Finding] {
        let secrets: [Secret]
        do throws(Environment.Problem) {
            secrets = try environment.secrets(name) ?? []
        } catch {
            return [.failed("\(error)", "let the user of plane-ingest read it")]
        }
        guard !secrets.isEmpty else { return [.failed("\(name) holds no secret", "openssl rand -hex 32 makes one")] }
        let weak = secrets.count { !$0.isStrong }
        let strength: Finding =
            weak == 0
            ? .ok(
                "\(name) holds \(secrets.count == 1 ? "a secret" : "\(secrets.count) secrets") that cannot be guessed"
            )
            : .failed(
                "\(name) holds a secret that can be found by trying: too short, or too few different characters",
                "make one with openssl rand -hex 32, and set it on GitHub too"
            )
        return [strength] + (name.hasSuffix("_FILE") ? Self.fileFindings(name, environment.string(name) ?? "") : [])
    }

    private static func fileFindings(_ name: String, _ path: String) -> [Finding] {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & 0o027 != 0 else { return [] }
        let mode = String(facts.st_mode & 0o777, radix: 8)
        return [
            .warning(
                "the file of \(name) has mode \(mode): others than its owner and group may read it, or its group write it",
                "chmod 600, or 640 with a group of its own"
            )
        ]
    }
}
