import COpenSSL

/// The SHA-1 of some bytes, for protocols that ask for it; nothing may rest its security on it.
package func sha1(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
    let input = Array(bytes)
    _ = SHA1(input, input.count, &digest)
    return digest
}
