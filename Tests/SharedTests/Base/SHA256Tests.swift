import Base
import Foundation
import TestSupport
import Testing

@Suite struct SHA256Tests {
    private static func code(_ secret: String, _ body: [UInt8], pieces: Int = 1) -> String {
        let code = HMACSHA256(HMACSHA256.Key(Secret(secret)))
        let size = max(1, (body.count + pieces - 1) / pieces)
        for start in stride(from: 0, to: body.count, by: size) {
            body[start..<min(start + size, body.count)].withUnsafeBytes { code.update($0) }
        }
        return (code.finish() ?? []).hex
    }

    @Test(arguments: [1, 2, 13]) func `GitHub's published vector, whole and in pieces`(pieces: Int) {
        #expect(
            Self.code("It's a Secret to Everybody", Array("Hello, World!".utf8), pieces: pieces)
                == "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        )
    }

    /// RFC 4231, case 2, and nothing under no key.
    @Test(arguments: [
        ("Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ("", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ]) func `known codes`(secret: String, body: String, code: String) {
        #expect(Self.code(secret, Array(body.utf8)) == code)
    }

    /// From Python's hmac: a key of one block, one byte more, and many.
    @Test(arguments: [
        (64, "2e213d30b446410b3c21ed0982394dd2add15ccc4da5abab1cac32e7fd6eb01f"),
        (65, "2da24f5c5e8c4884fbeebd56a313b1578530a805d626213a9338445723ad28f6"),
        (200, "0f251ee8bf342a5adda9c08be11ca526e68e9b3b0df4b31f8dfaf626c95a6846"),
    ]) func `keys around and beyond the length of a block`(length: Int, code: String) {
        #expect(Self.code(String(repeating: "k", count: length), Array("body".utf8)) == code)
    }

    private struct Vectors: Decodable {
        struct Vector: Decodable {
            let name: String
            let secret: String
            let body: Data
            let sha256: String

            enum CodingKeys: String, CodingKey {
                case name, sha256
                case secret = "secret_utf8"
                case body = "body_base64"
            }
        }

        let vectors: [Vector]
    }

    @Test(
        .enabled(if: TestEnvironment.payloadCorpus != nil, "needs the payload corpus: set PAYLOAD_CORPUS to its folder")
    )
    func `every vector of the corpus`() throws {
        let file = try #require(TestEnvironment.payloadCorpus).appending(path: "hostile/signature_vectors.json")
        let vectors = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file)).vectors
        #expect(vectors.count > 5)
        for vector in vectors {
            #expect(
                "sha256=" + Self.code(vector.secret, Array(vector.body), pieces: 3) == vector.sha256,
                "\(vector.name)"
            )
        }
    }

    @Test func `a comparison sees every byte and the length`() {
        let code = [UInt8](0..<32)
        #expect(isEqualInConstantTime(code, code))
        for index in code.indices {
            var other = code
            other[index] ^= 1
            #expect(!isEqualInConstantTime(code, other))
        }
        #expect(!isEqualInConstantTime(code, Array(code.dropLast())))
        #expect(!isEqualInConstantTime(code, []))
    }
}
