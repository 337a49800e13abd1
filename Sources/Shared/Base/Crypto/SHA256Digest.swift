import COpenSSL

/// The SHA-256 of some bytes.
package func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    let input = Array(bytes)
    _ = SHA256(input, input.count, &digest)
    return digest
}
