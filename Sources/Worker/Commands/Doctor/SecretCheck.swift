import Base
import Foundation
import Inspect

/// Looks at the webhook secrets of this environment; none is ever printed.
struct SecretCheck: Sendable {
    private static let variable = "GITHUB_WEBHOOK_SECRET"
    private static let planeVariable = "PLANE_WEBHOOK_SECRET"
    private let environment: Environment
    /// The variables that are set.
    private let gitHubNames: [String]
    private let planeNames: [String]

    init(_ variables: [String: String]) {
        let environment = Environment(variables)
        let names = variables.keys.filter { environment.string($0) != nil }.sorted()
        self.environment = environment
        gitHubNames = names.filter { $0.hasPrefix(Self.variable) }
        planeNames = names.filter { [Self.planeVariable, Self.planeVariable + "_FILE"].contains($0) }
    }

    func findings() -> [Finding] {
        var findings = gitHubNames.flatMap {
            self.findings($0, "make one with openssl rand -hex 32, and set it on GitHub too")
        }
        if (try? environment.flag("ALLOW_UNSIGNED_WEBHOOKS")) == true {
            findings.append(
                .warning(
                    "ALLOW_UNSIGNED_WEBHOOKS is set: where there is no secret, anybody may send deliveries",
                    "set \(Self.variable) and remove it"
                )
            )
        }
        if findings.isEmpty {
            let advice = "run doctor with the environment of plane-ingest"
            findings.append(.notChecked("\(Self.variable) is not set here", advice))
        }
        findings += planeNames.flatMap {
            self.findings($0, "add the webhook anew in Plane, which makes a long one")
        }
        if !secrets(planeNames).isDisjoint(with: secrets(gitHubNames)) {
            findings.append(
                .failed(
                    "\(Self.planeVariable) and \(Self.variable) have a secret in common: who may see it in Plane "
                        + "can send deliveries as GitHub does",
                    "make a new one for GitHub with openssl rand -hex 32, and set it there too"
                )
            )
        }
        return findings
    }

    private func secrets(_ names: [String]) -> Set<String> {
        Set(names.flatMap { ((try? environment.secrets($0)) ?? []).map { $0.reveal() } })
    }

    /// `remedy` is what to do about a secret that is too weak.
    private func findings(_ name: String, _ remedy: String) -> [Finding] {
        let secrets: [Secret]
        do throws(Environment.Problem) {
            secrets = try environment.secrets(name) ?? []
        } catch {
            return [.failed("\(error)", "let the user of plane-ingest read it")]
        }
        guard !secrets.isEmpty else { return [.failed("\(name) holds no secret", remedy)] }
        let weak = secrets.count { !$0.isStrong }
        let strength: Finding =
            weak == 0
            ? .ok(
                "\(name) holds \(secrets.count == 1 ? "a secret" : "\(secrets.count) secrets") that cannot be guessed"
            )
            : .failed(
                "\(name) holds a secret that can be found by trying: too short, or too few different characters",
                remedy
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
