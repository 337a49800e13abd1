import COpenSSL

/// The HMAC-SHA256 of bytes that arrive piece by piece (RFC 2104).
package final class HMACSHA256 {
    package static let byteCount = Int(SHA256_DIGEST_LENGTH)

    /// A secret made ready for use, so that the work on its bytes is done once.
    // Unchecked, because OpenSSL's context is a pointer. Nothing changes it after `init`; copying only reads it.
    package final class Key: @unchecked Sendable {
        /// Nil when OpenSSL cannot work: out of memory, or SHA-256 is forbidden on this system.
        fileprivate let context: OpaquePointer?

        package init(_ secret: Secret) {
            let hmac = EVP_MAC_fetch(nil, "HMAC", nil)
            defer { EVP_MAC_free(hmac) }
            guard let context = EVP_MAC_CTX_new(hmac) else {
                context = nil
                return
            }
            var digest = Array("SHA256".utf8CString)
            let secret = Array(secret.reveal().utf8)
            // The parameter keeps pointers to its name and its value.
            let isReady = OSSL_MAC_PARAM_DIGEST.withCString { name in
                digest.withUnsafeMutableBufferPointer { digest in
                    let parameter = OSSL_PARAM_construct_utf8_string(name, digest.baseAddress, 0)
                    return EVP_MAC_init(context, secret, secret.count, [parameter, OSSL_PARAM_construct_end()]) == 1
                }
            }
            if !isReady { EVP_MAC_CTX_free(context) }
            self.context = isReady ? context : nil
        }

        deinit { EVP_MAC_CTX_free(context) }
    }

    private let context: OpaquePointer?
    private var isSound = true

    package init(_ key: Key) { context = key.context.flatMap { EVP_MAC_CTX_dup($0) } }

    deinit { EVP_MAC_CTX_free(context) }

    package func update(_ bytes: UnsafeRawBufferPointer) {
        guard let context else { return }
        isSound = EVP_MAC_update(context, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count) == 1 && isSound
    }

    /// Ends the message.
    /// - Returns: 32 bytes; nil when OpenSSL could not work.
    package func finish() -> [UInt8]? {
        guard let context, isSound else { return nil }
        var code = [UInt8](repeating: 0, count: Self.byteCount)
        return EVP_MAC_final(context, &code, nil, code.count) == 1 ? code : nil
    }
}

/// Compares in a time that does not depend on where the two differ.
package func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
