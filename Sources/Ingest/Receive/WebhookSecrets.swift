import Base
import Foundation

/// The secrets that requests are signed with: those of GitHub's endpoint itself, of its named sources, and of Plane.
struct WebhookSecrets: Sendable {
    /// How the signature of a delivery is checked.
    enum Policy: Sendable {
        /// Any of these, in the order of the configuration; never empty.
        case signed([HMACSHA256.Key])
        /// Taken in without a look at the signature.
        case unsigned
        /// No secret is known: no signature can be right.
        case refused
    }

    /// By source.
    private let keys: [String: [HMACSHA256.Key]]
    let allowsUnsigned: Bool
    /// The names of variables with a secret that can be found by trying.
    let weak: [String]

    /// GitHub's endpoint itself.
    static let mainSource = ""
    /// No path can name this source, because of its capital.
    static let planeSource = "Plane"
    private static let variable = "GITHUB_WEBHOOK_SECRET"
    private static let planeVariables = ["PLANE_WEBHOOK_SECRET", "PLANE_WEBHOOK_SECRET_FILE"]

    /// Reads `GITHUB_WEBHOOK_SECRET`, `GITHUB_WEBHOOK_SECRET_FILE`, the same with `_<SOURCE>` after `SECRET`,
    /// `PLANE_WEBHOOK_SECRET`, `PLANE_WEBHOOK_SECRET_FILE`, and `ALLOW_UNSIGNED_WEBHOOKS`.
    init(_ values: [String: String]) throws(Environment.Problem) {
        let environment = Environment(values)
        var keys: [String: [HMACSHA256.Key]] = [:]
        var weak: [String] = []
        for name in values.keys.sorted() where environment.string(name) != nil {
            guard let source = try Self.source(of: name) else { continue }
            let secrets = try Self.secrets(name, environment)
            if !secrets.allSatisfy(\.isStrong) { weak.append(name) }
            keys[source, default: []] += secrets.map { HMACSHA256.Key($0) }
        }
        let allowed = try environment.flag("ALLOW_UNSIGNED_WEBHOOKS")
        guard keys.keys.contains(where: { $0 != Self.planeSource }) || allowed else {
            throw Environment.Problem(
                """
                \(Self.variable) is not set, expected the secret of the webhook (or \(Self.variable)_FILE, \
                or ALLOW_UNSIGNED_WEBHOOKS=true to take in what anybody sends)
                """
            )
        }
        self.keys = keys
        self.weak = weak
        allowsUnsigned = allowed && keys[Self.mainSource] == nil
    }

    func policy(for source: String) -> Policy {
        if let keys = keys[source] { return .signed(keys) }
        return source == Self.mainSource && allowsUnsigned ? .unsigned : .refused
    }

    /// Whether wake-ups are taken, which never come unsigned.
    var takesWakes: Bool { keys[Self.planeSource] != nil }

    /// Tells sets of secrets apart, and is too short for anybody to find a secret by it: four hex digits for each.
    var prints: String {
        keys.values.joined().compactMap { key in
            let code = HMACSHA256(key)
            Array("plane-github-sync".utf8).withUnsafeBytes { code.update($0) }
            return code.finish()?.prefix(2).hex
        }.sorted().joined(separator: ",")
    }

    /// Every secret by source and position, for the metric that tells when an old one is no longer used.
    var uses: [SecretUse] {
        keys.sorted { $0.key < $1.key }.flatMap { source, keys in
            keys.indices.map { SecretUse(source: source, index: $0) }
        }
    }

    /// The source a variable belongs to: `GITHUB_WEBHOOK_SECRET_ACME_CORP` to `acme-corp`; nil for other variables.
    private static func source(of name: String) throws(Environment.Problem) -> String? {
        if planeVariables.contains(name) { return planeSource }
        guard name.hasPrefix(variable) else { return nil }
        var rest = name.dropFirst(variable.count)
        if rest.hasSuffix("_FILE") { rest = rest.dropLast("_FILE".count) }
        guard !rest.isEmpty else { return mainSource }
        guard rest.hasPrefix("_") else { return nil }
        let source = rest.dropFirst().replacing("_", with: "-").lowercased()
        guard isSource(source), rest == rest.uppercased() else {
            throw Environment.Problem("\(name) names no source, expected letters, digits and _ in upper case")
        }
        return source
    }

    /// What may stand in the path: lower-case letters and digits, and hyphens between them.
    static func isSource(_ text: String) -> Bool {
        let isWord: (UInt8) -> Bool = { $0.isAlphanumeric && $0 == $0.lowercased }
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 64 else { return false }
        return isWord(first) && isWord(last) && bytes.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") }
    }

    private static func secrets(_ name: String, _ environment: Environment) throws(Environment.Problem) -> [Secret] {
        let secrets = try environment.secrets(name) ?? []
        guard !secrets.isEmpty else {
            throw Environment.Problem(
                name.hasSuffix("_FILE")
                    ? "\(name) names a file without a secret, expected one per line" : "\(name) holds no secret"
            )
        }
        return secrets
    }
}

/// One secret of one source, by its position in the configuration.
struct SecretUse: Hashable, Sendable {
    let source: String
    let index: Int
}
