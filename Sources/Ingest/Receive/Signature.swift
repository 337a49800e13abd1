import Base
import HTTP

/// Checks the signature of a body while it arrives: the HMAC-SHA256 of its bytes, in lower-case hex.
final class Signature {
    /// Why a delivery got its 401; the sender is never told.
    enum Refusal: String, Error, Sendable, CaseIterable {
        case missing
        /// Only the old `X-Hub-Signature` came.
        case onlySHA1 = "only_sha1"
        case repeated
        /// Not 64 lower-case hex digits, behind `sha256=` where they come from GitHub.
        case malformed
        case mismatch
        /// The path names a source that has no secret.
        case unknownSource = "unknown_source"
    }

    private enum State {
        case checking([HMACSHA256], expected: [UInt8])
        case unsigned
        case refused(Refusal)
    }

    private let state: State

    init(_ policy: WebhookSecrets.Policy, of webhook: Webhook, _ fields: HTTPFields) {
        switch policy {
        case .unsigned: state = .unsigned
        case .refused: state = .refused(.unknownSource)
        case .signed(let keys):
            do throws(Refusal) {
                state = .checking(keys.map { HMACSHA256($0) }, expected: try Self.expected(of: webhook, in: fields))
            } catch {
                state = .refused(error)
            }
        }
    }

    /// Whether the signature can still turn out to be right; if not, the body need not be kept.
    var isPossible: Bool {
        if case .refused = state { false } else { true }
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        guard case .checking(let codes, _) = state else { return }
        for code in codes { code.update(bytes) }
    }

    /// Ends the body.
    /// - Returns: the position of the secret that matched, nil where none is asked for.
    func verify() throws(Refusal) -> Int? {
        switch state {
        case .unsigned: return nil
        case .refused(let refusal): throw refusal
        case .checking(let codes, let expected):
            // Every secret is tried even after one matched, so that the time tells nothing about them.
            let matches = codes.map { isEqualInConstantTime($0.finish() ?? [], expected) }
            guard let index = matches.firstIndex(of: true) else { throw .mismatch }
            return index
        }
    }

    private static func expected(of webhook: Webhook, in fields: HTTPFields) throws(Refusal) -> [UInt8] {
        let (field, prefix) =
            switch webhook {
            case .gitHub: ("x-hub-signature-256", "sha256=")
            case .plane: ("x-plane-signature", "")
            }
        let values = fields.all(field)
        guard let value = values.first else {
            throw webhook == .plane || fields.first("x-hub-signature") == nil ? .missing : .onlySHA1
        }
        guard values.count == 1 else { throw .repeated }
        guard let bytes = bytes(of: value, behind: prefix) else { throw .malformed }
        return bytes
    }

    /// The 32 bytes of a prefix and 64 lower-case hex digits; nil for anything else.
    private static func bytes(of text: String, behind prefix: String) -> [UInt8]? {
        let digits = Array(text.utf8.dropFirst(prefix.utf8.count))
        guard text.utf8.starts(with: prefix.utf8), digits.count == 2 * HMACSHA256.byteCount else { return nil }
        let values = digits.compactMap { $0 == $0.lowercased ? $0.hexValue : nil }
        guard values.count == digits.count else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }
}
