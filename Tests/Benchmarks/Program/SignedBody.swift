import Base
import Foundation

/// A body to deliver and its signature; the delivery id is not part of what is signed.
struct SignedBody: Sendable {
    let body: String
    let signature: String

    /// The first `issues` deliveries of a history of 256 issues.
    static func samples(_ count: Int, secretFile: String) throws -> [SignedBody] {
        let secret = try String(contentsOfFile: secretFile, encoding: .utf8)
        let key = HMACSHA256.Key(Secret(secret.trimmingCharacters(in: .whitespacesAndNewlines)))
        var history = History(issues: 256)
        var samples: [SignedBody] = []
        while samples.count < count {
            let event = history.next()
            guard event.type == "issues" else { continue }
            let code = HMACSHA256(key)
            Array(event.body.utf8).withUnsafeBytes { code.update($0) }
            guard let digest = code.finish() else { throw BenchmarkProblem("OpenSSL makes no SHA-256") }
            let hex = digest.map { String(format: "%02x", $0) }.joined()
            samples.append(SignedBody(body: event.body, signature: "sha256=\(hex)"))
        }
        return samples
    }
}
