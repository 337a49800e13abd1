import Base
import COpenSSL
import Foundation

/// A token of one of the App's installations.
struct InstallationToken: Sendable {
    /// Ours, not GitHub's.
    var id = UUID()
    let installation: Int64
    let expiresAt: Timestamp
    let caller: Caller
}

/// A token as it is stored: only who has the App's private key can read it.
struct SealedToken: Sendable {
    let id: UUID
    let expiresAt: Timestamp
    /// The nonce, the encrypted token, the tag.
    let sealed: [UInt8]
}

/// AES-256-GCM (NIST SP 800-38D). What is stored beside a token is authenticated with it, so that no token can be made to
/// look like one of another installation, or as if it ended later.
extension AppKey {
    private static let (nonceSize, tagSize) = (12, 16)

    /// Nil when OpenSSL cannot work.
    func sealed(_ token: InstallationToken) -> SealedToken? {
        var generator = SystemRandomNumberGenerator()
        let nonce = (0..<Self.nonceSize).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let text = Array(token.caller.token.reveal().utf8)
        let context = authenticated(token.id, token.installation, token.expiresAt)
        guard let result = crypt(text, nonce, context, tag: nil) else { return nil }
        return SealedToken(id: token.id, expiresAt: token.expiresAt, sealed: nonce + result.bytes + result.tag)
    }

    /// Nil if it was sealed with another key, or if anything of it was altered since.
    func opened(_ token: SealedToken, of installation: Int64) -> InstallationToken? {
        guard token.sealed.count > Self.nonceSize + Self.tagSize else { return nil }
        let result = crypt(
            Array(token.sealed.dropFirst(Self.nonceSize).dropLast(Self.tagSize)),
            Array(token.sealed.prefix(Self.nonceSize)),
            authenticated(token.id, installation, token.expiresAt),
            tag: token.sealed.suffix(Self.tagSize)
        )
        guard let result else { return nil }
        let secret = Secret(String(decoding: result.bytes, as: UTF8.self))
        return InstallationToken(
            id: token.id,
            installation: installation,
            expiresAt: token.expiresAt,
            caller: Caller(token: secret, principal: .installation(installation, of: self))
        )
    }

    private func authenticated(_ id: UUID, _ installation: Int64, _ expiresAt: Timestamp) -> [UInt8] {
        Array("\(app)/\(installation)/\(id.text)/\(expiresAt.microseconds)".utf8)
    }

    /// Encrypts, or with a tag decrypts and checks it.
    private func crypt(
        _ input: [UInt8],
        _ nonce: [UInt8],
        _ authenticated: [UInt8],
        tag: ArraySlice<UInt8>?
    ) -> (bytes: [UInt8], tag: [UInt8])? {
        guard let key = sealingKey, let context = EVP_CIPHER_CTX_new() else { return nil }
        defer { EVP_CIPHER_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: input.count)
        // A stream cipher has nothing left for its end.
        var rest: [UInt8] = []
        var code = tag.map { Array($0) } ?? [UInt8](repeating: 0, count: Self.tagSize)
        var count: Int32 = 0
        let isDecrypting = tag != nil
        guard EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce, isDecrypting ? 0 : 1) == 1,
            EVP_CipherUpdate(context, nil, &count, authenticated, Int32(authenticated.count)) == 1,
            EVP_CipherUpdate(context, &output, &count, input, Int32(input.count)) == 1,
            !isDecrypting || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(code.count), &code) == 1,
            EVP_CipherFinal_ex(context, &rest, &count) == 1,
            isDecrypting || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(code.count), &code) == 1
        else { return nil }
        return (output, code)
    }

    /// The key of the cipher: 32 bytes that follow from the App's private key, in whichever form its file has it.
    private var sealingKey: [UInt8]? {
        guard let key = privateKey() else { return nil }
        defer { EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: Int(max(i2d_PrivateKey(key, nil), 0)))
        let isWhole = bytes.withUnsafeMutableBufferPointer { buffer in
            var next = buffer.baseAddress
            return !buffer.isEmpty && i2d_PrivateKey(key, &next) == buffer.count
        }
        guard isWhole else { return nil }
        let code = HMACSHA256(HMACSHA256.Key(Secret(Data(bytes).base64EncodedString())))
        Array("plane-github-sync: tokens of installations".utf8).withUnsafeBytes { code.update($0) }
        return code.finish()
    }
}
