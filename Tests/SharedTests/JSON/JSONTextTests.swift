import Foundation
import TestSupport
import Testing

@testable import JSON

@Suite struct JSONTextTests {
    private static func read(_ json: [UInt8]) throws -> String? { try JSONDocument(json).text(of: 0) }

    @Test(
        arguments: [
            ("", ""), ("plain", "plain"), ("\\n", "\n"), ("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\u{8}\u{C}\n\r\t"),
            ("a\\r\\nb", "a\r\nb"), ("\\u00e9\\u00E9", "éé"), ("\\u0000", "\0"), ("\\uFFFF\\u20aC", "\u{FFFF}€"),
            ("\\ud83d\\ude00", "😀"), ("é😀\\u0041", "é😀A"), ("\\\\u0041", "\\u0041"), ("\\ud800", nil), ("\\udc00", nil),
            ("\\ud83d", nil), ("\\ud83d\\\"", nil), ("\\ud83d\\n", nil), ("\\ud83d\\ud83d", nil),
            ("\\ud83d\\u0041", nil),
        ] as [(String, String?)]
    )
    func `a text says what its escapes stand for`(_ text: String, says: String?) throws {
        #expect(try Self.read(Array("\"\(text)\"".utf8)) == says)
    }

    @Test func `any text reads as Foundation reads it`() throws {
        let pieces = [
            "a", "plain text of some length", "é", "😀", "\\n", "\\r\\n", "\\\"", "\\\\", "\\/", "\\u00e9", "\\uD83D",
            "\\uDE00", "\\u0000",
        ]
        var generator = SeededGenerator(seed: 20_261_124)
        for _ in 0..<2000 {
            let count = Int.random(in: 0...12, using: &generator)
            let text = "\"" + (0..<count).compactMap { _ in pieces.randomElement(using: &generator) }.joined() + "\""
            let expected = try? JSONDecoder().decode(String.self, from: Data(text.utf8))
            #expect(try Self.read(Array(text.utf8)) == expected, "\(text)")
        }
    }
}
