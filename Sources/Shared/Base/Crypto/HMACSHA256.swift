import COpenSSL

/// The HMAC-SHA256 of bytes that arrive piece by piece (RFC 2104).
package final class HMACSHA256 {
    package static let byteCount = Int(SHA256_DIGEST_LENGTH)
    private static let blockSize = 64

    /// A secret made ready for use, so that the work on its bytes is done once.
    package struct Key: Sendable {
        fileprivate let inner: [UInt8]
        fileprivate let outer: [UInt8]

        package init(_ secret: Secret) {
            let bytes = Array(secret.reveal().utf8)
            let short = bytes.count > blockSize ? sha256(bytes) : bytes
            let block = short + [UInt8](repeating: 0, count: blockSize - short.count)
            inner = block.map { $0 ^ 0x36 }
            outer = block.map { $0 ^ 0x5C }
        }
    }

    private let key: Key
    private let context: OpaquePointer?
    private var isSound = true

    package init(_ key: Key) {
        self.key = key
        context = EVP_MD_CTX_new()
        isSound = EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        key.inner.withUnsafeBytes { update($0) }
    }

    deinit { EVP_MD_CTX_free(context) }

    package func update(_ bytes: UnsafeRawBufferPointer) {
        isSound = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 && isSound
    }

    /// Ends the message.
    /// - Returns: 32 bytes; nil when OpenSSL could not work (out of memory, or SHA-256 is forbidden on this system).
    package func finish() -> [UInt8]? {
        guard let inner = digest() else { return nil }
        isSound = EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        key.outer.withUnsafeBytes { update($0) }
        inner.withUnsafeBytes { update($0) }
        return digest()
    }

    private func digest() -> [UInt8]? {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        guard EVP_DigestFinal_ex(context, &digest, nil) == 1, isSound else { return nil }
        return digest
    }
}

/// Compares in a time that does not depend on where the two differ.
package func isEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
