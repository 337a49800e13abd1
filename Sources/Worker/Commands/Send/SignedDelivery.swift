import Base
import Foundation

/// A delivery with the header fields that GitHub would send it with.
/// https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers
struct SignedDelivery {
    let event: String
    let id: String
    let body: String
    private let signature: String

    init(event: String, id: String, body: String, secret: Secret) {
        let code = HMACSHA256(HMACSHA256.Key(secret))
        Array(body.utf8).withUnsafeBytes { code.update($0) }
        self.event = event
        self.id = id
        self.body = body
        // Without OpenSSL's help it is a signature that nobody takes.
        signature = (code.finish() ?? []).hex
    }

    var fields: [String] {
        [
            "Content-Type: application/json", "User-Agent: plane-worker/\(Version.current)", "X-GitHub-Event: \(event)",
            "X-GitHub-Delivery: \(id)", "X-Hub-Signature-256: sha256=\(signature)",
        ]
    }
}

/// The file with a body.
enum DeliveryFile {
    /// What GitHub sends at most, in bytes.
    /// https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap
    private static let largest = 25 * 1024 * 1024

    /// Reads a file, or standard input where the path is `-`.
    static func text(_ path: String) throws(CommandFailure) -> String {
        let name = path == "-" ? "standard input" : path
        let bytes: Data
        do {
            let file = path == "-" ? FileHandle.standardInput : try FileHandle(forReadingFrom: URL(filePath: path))
            bytes = try file.read(upToCount: largest + 1) ?? Data()
        } catch {
            throw CommandFailure("\(name) cannot be read: \((error as NSError).localizedDescription)")
        }
        guard bytes.count <= largest else {
            throw CommandFailure("\(name) has more than 25 MB, which GitHub never sends")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure("\(name) is not text in UTF-8, expected a body as GitHub sends it")
        }
        return text
    }
}
