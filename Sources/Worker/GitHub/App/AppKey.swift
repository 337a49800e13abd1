import Base
import COpenSSL
import Foundation

/// The private key of a GitHub App, which proves with short-lived signed tokens that we are the App.
package struct AppKey: Sendable, Equatable {
    /// The App's id or client id.
    let app: String
    private let pem: Secret

    /// Nil unless the text is an RSA key, PKCS#1 or PKCS#8, without a passphrase.
    init?(app: String, pem: Secret) {
        self.app = app
        self.pem = pem
        guard signature(of: []) != nil else { return nil }
    }

    /// A JSON Web Token (RFC 7519) for calls as the App itself; nil when OpenSSL cannot work.
    ///
    /// It begins a minute ago, for a server whose clock is behind ours, and ends before the ten minutes that GitHub
    /// allows at most, for one whose clock is ahead.
    func webToken(at now: Timestamp) -> Secret? {
        let seconds = now.microseconds / 1_000_000
        let header = Self.encoded(Array(#"{"alg":"RS256","typ":"JWT"}"#.utf8))
        let claims = Self.encoded(Array(#"{"iat":\#(seconds - 60),"exp":\#(seconds + 540),"iss":"\#(app)"}"#.utf8))
        let message = "\(header).\(claims)"
        return signature(of: Array(message.utf8)).map { Secret("\(message).\(Self.encoded($0))") }
    }

    /// The App itself, for some minutes.
    func caller(at now: Timestamp) throws(GitHubError) -> Caller {
        guard let token = webToken(at: now) else { throw .transient("OpenSSL cannot sign") }
        return Caller(token: token, principal: .app(self))
    }

    /// Signs with RSASSA-PKCS1-v1_5 and SHA-256.
    private func signature(of message: [UInt8]) -> [UInt8]? {
        guard let key = privateKey(), let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_PKEY_free(key) }
        defer { EVP_MD_CTX_free(context) }
        var count = 0
        guard EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA,
            EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, nil, &count, message, message.count) == 1
        else { return nil }
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else { return nil }
        return Array(signature.prefix(count))
    }

    /// The caller frees it.
    func privateKey() -> OpaquePointer? {
        Array(pem.reveal().utf8).withUnsafeBytes { text in
            guard let source = BIO_new_mem_buf(text.baseAddress, Int32(clamping: text.count)) else { return nil }
            defer { BIO_free(source) }
            // Without a callback OpenSSL would ask for a passphrase on the terminal.
            let key = PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
            if key == nil { ERR_clear_error() }
            return key
        }
    }

    /// Base64url without padding (RFC 4648, section 5).
    private static func encoded(_ bytes: [UInt8]) -> String {
        String(
            Data(bytes).base64EncodedString().compactMap { character -> Character? in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            }
        )
    }
}
