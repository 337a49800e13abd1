import Base
import Foundation
import Testing

@testable import GitHubClient

@Suite struct AppKeyTests {
    private static let now = Timestamp(microseconds: 1_790_000_000_500_000)

    @Test(arguments: [\TestKey.pkcs1, \TestKey.pkcs8])
    func `a token is signed as GitHub wants it`(form: any KeyPath<TestKey, String> & Sendable) throws {
        let key = try #require(AppKey(app: "Iv23.abc", pem: Secret(TestKey.rsa[keyPath: form])))
        let token = try #require(key.webToken(at: Self.now)).reveal()
        #expect(TestKey.rsa.verifies(token))
        #expect(!token.contains("=") && !token.contains("+") && !token.contains("/"))
        let header = token.prefix { $0 != "." }
        #expect(Data(base64Encoded: String(header)) == Data(#"{"alg":"RS256","typ":"JWT"}"#.utf8))
        let claims = TestKey.claims(of: token)
        #expect(claims["iss"] as? String == "Iv23.abc")
        #expect(claims["iat"] as? Int == 1_790_000_000 - 60)
        let end = try #require(claims["exp"] as? Int)
        #expect(end > 1_790_000_000 && end <= 1_790_000_000 + 600)
    }

    @Test func `another text has another signature`() throws {
        let key = try #require(AppKey(app: "1", pem: Secret(TestKey.rsa.pkcs8)))
        let token = try #require(key.webToken(at: Self.now)).reveal()
        let later = try #require(key.webToken(at: Timestamp(microseconds: Self.now.microseconds + 1_000_000))).reveal()
        let mixed = token.split(separator: ".").prefix(2) + later.split(separator: ".").suffix(1)
        #expect(!TestKey.rsa.verifies(mixed.joined(separator: ".")))
    }

    @Test func `other texts are no key`() {
        let rsa = TestKey.rsa
        let cut = String(rsa.pkcs8.prefix(400))
        for pem in ["", "no key", rsa.publicKey, rsa.encrypted, cut, TestKey.ed25519.pkcs8] {
            #expect(AppKey(app: "1", pem: Secret(pem)) == nil)
        }
    }

    @Test func `a key is never shown`() throws {
        let key = try #require(AppKey(app: "1", pem: Secret(TestKey.rsa.pkcs8)))
        var text = "\(key)" + String(reflecting: key)
        dump(key, to: &text)
        #expect(!text.contains("PRIVATE"))
    }
}
