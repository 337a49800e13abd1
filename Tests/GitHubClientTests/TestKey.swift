import COpenSSL
import Foundation

/// A key pair made for the tests, in the forms that files have.
struct TestKey: Sendable {
    let pkcs1: String
    let pkcs8: String
    let encrypted: String
    let publicKey: String

    static let rsa = TestKey(EVP_PKEY_RSA)
    static let other = TestKey(EVP_PKEY_RSA)
    static let ed25519 = TestKey(EVP_PKEY_ED25519)

    private init(_ kind: Int32) {
        let context = EVP_PKEY_CTX_new_id(kind, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        precondition(EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_keygen(context, &key) == 1)
        defer { EVP_PKEY_free(key) }
        let made = key
        pkcs1 = Self.text { PEM_write_bio_PrivateKey_traditional($0, made, nil, nil, 0, nil, nil) }
        pkcs8 = Self.text { PEM_write_bio_PrivateKey($0, made, nil, nil, 0, nil, nil) }
        var password = Array("secret".utf8)
        encrypted = Self.text {
            PEM_write_bio_PrivateKey($0, made, EVP_aes_128_cbc(), &password, Int32(password.count), nil, nil)
        }
        publicKey = Self.text { PEM_write_bio_PUBKEY($0, made) }
    }

    private static func text(_ write: (OpaquePointer?) -> Int32) -> String {
        let memory = BIO_new(BIO_s_mem())
        defer { BIO_free(memory) }
        guard write(memory) == 1 else { return "" }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = BIO_read(memory, &bytes, Int32(bytes.count))
        return String(decoding: bytes.prefix(Int(max(count, 0))), as: UTF8.self)
    }

    /// Whether a JSON Web Token has the signature of this key's owner, as GitHub checks it.
    func verifies(_ token: String) -> Bool {
        let parts = token.split(separator: ".")
        guard parts.count == 3, let signature = Self.decoded(parts[2]) else { return false }
        var pem = Array(publicKey.utf8)
        let source = pem.withUnsafeMutableBytes { bytes in
            let memory = BIO_new(BIO_s_mem())
            BIO_write(memory, bytes.baseAddress, Int32(bytes.count))
            return memory
        }
        defer { BIO_free(source) }
        let key = PEM_read_bio_PUBKEY(source, nil, nil, nil)
        defer { EVP_PKEY_free(key) }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        let message = Array("\(parts[0]).\(parts[1])".utf8)
        let bytes = Array(signature)
        return EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1
            && EVP_DigestVerify(context, bytes, bytes.count, message, message.count) == 1
    }

    /// The claims of a token.
    static func claims(of token: String) -> [String: Any] {
        let parts = token.split(separator: ".")
        guard parts.count == 3, let data = decoded(parts[1]) else { return [:] }
        return (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
    }

    private static func decoded(_ text: Substring) -> Data? {
        var text = text.replacing("-", with: "+").replacing("_", with: "/")
        while !text.count.isMultiple(of: 4) { text += "=" }
        return Data(base64Encoded: String(text))
    }
}
