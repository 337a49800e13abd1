import TestSupport
import Testing

@testable import Base
@testable import HTTP
@testable import Ingest

@Suite struct SignatureTests {
    private static let secret = "It's a Secret to Everybody"
    private static let right = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    private func check(
        _ fields: HTTPFields,
        of webhook: Webhook = .gitHub(),
        secrets: [String] = [secret],
        body: String = "Hello, World!"
    ) throws(Signature.Refusal) -> Int? {
        let signature = Signature(.signed(secrets.map { HMACSHA256.Key(Secret($0)) }), of: webhook, fields)
        for byte in body.utf8 { withUnsafeBytes(of: byte) { signature.update($0) } }
        return try signature.verify()
    }

    @Test func `GitHub's published signature holds`() throws {
        #expect(try check(["X-Hub-Signature-256": Self.right]) == 0)
    }

    @Test func `the secret that matched is told, wherever it stands`() throws {
        let fields: HTTPFields = ["x-hub-signature-256": Self.right]
        #expect(try check(fields, secrets: [Self.secret, "b", "c"]) == 0)
        #expect(try check(fields, secrets: ["a", Self.secret, "c"]) == 1)
        #expect(try check(fields, secrets: ["a", "b", Self.secret]) == 2)
        #expect(throws: Signature.Refusal.mismatch) { try check(fields, secrets: ["a", "b", "c"]) }
    }

    @Test func `a body with one byte more or less does not pass`() {
        let fields: HTTPFields = ["X-Hub-Signature-256": Self.right]
        for body in ["Hello, World", "Hello, World!!", "hello, World!", ""] {
            #expect(throws: Signature.Refusal.mismatch) { try check(fields, body: body) }
        }
    }

    static let malformed = [
        "", "sha256=", right.uppercased(), right.replacing("e17", with: "E17"), String(right.dropFirst(7)),
        right + "0", String(right.dropLast()), right.replacing("sha256=", with: "sha1="),
        right.replacing("sha256=", with: "sha256= "), right.replacing("sha256=", with: "sha256=0x"),
        right.replacing("7571", with: "757g"), right + ", " + right, "sha256=" + String(repeating: "é", count: 32),
        " " + right, right.replacing("sha256=", with: "SHA256="), right.replacing("sha256=", with: "sha512="),
    ]

    @Test(arguments: malformed) func `only sha256= and 64 lower-case hex digits can be right`(_ text: String) {
        #expect(throws: Signature.Refusal.malformed) { try check(["X-Hub-Signature-256": text]) }
    }

    @Test func `a second signature spoils the first`() {
        #expect(throws: Signature.Refusal.repeated) {
            try check(["X-Hub-Signature-256": Self.right, "x-hub-signature-256": Self.right])
        }
    }

    @Test func `no signature, and only the old one, are told apart for the operator`() {
        #expect(throws: Signature.Refusal.missing) { try check([:]) }
        #expect(throws: Signature.Refusal.onlySHA1) {
            try check(["X-Hub-Signature": "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59"])
        }
    }

    @Test func `a wrong old signature beside the right new one does no harm`() throws {
        #expect(try check(["X-Hub-Signature": "sha1=00", "X-Hub-Signature-256": Self.right]) == 0)
    }

    @Test func `an unknown source is refused whatever it sends, and an open endpoint asks for nothing`() throws {
        let unknown = Signature(.refused, of: .gitHub(), ["X-Hub-Signature-256": Self.right])
        #expect(!unknown.isPossible)
        #expect(throws: Signature.Refusal.unknownSource) { try unknown.verify() }
        #expect(try Signature(.unsigned, of: .gitHub(), [:]).verify() == nil)
    }
}
