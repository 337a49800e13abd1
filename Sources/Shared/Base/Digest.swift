import COpenSSL

/// The SHA-256 of some bytes.
package func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    let input = Array(bytes)
    _ = SHA256(input, input.count, &digest)
    return digest
}

/// The first eight bytes of a text's SHA-256 as a number: for a lock or an id that is made from a name.
package func sha256Number(_ text: String) -> Int64 {
    sha256(text.utf8).prefix(8).reduce(0) { $0 << 8 | Int64($1) }
}

/// The SHA-1 of some bytes, for protocols that ask for it; nothing may rest its security on it.
package func sha1(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
    let input = Array(bytes)
    _ = SHA1(input, input.count, &digest)
    return digest
}
