import TestSupport
import Testing

@testable import Database
@testable import JSON

@Suite struct JSONDocumentTests {
    static let valid: [String] = [
        "{}", "[]", "null", "true", "false", "0", "-0", "1", "-12.5e+30", "1E-2", "1e1000000000", "\"\"",
        " \t\r\n{} \n",
        "[[],{},[{}]]", "{\"a\":1,\"b\":[1,2,{\"c\":null}],\"a\":2}", "[1 , 2]", "{ \"a\" : 1 , \"b\" : 2 }",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\ude00\\ud83d\"",
        "\"é€😀\u{7F}\u{2028}\"", "{\"\":\"\"}", "123456789012345678901234567890", "[\"a\",true,null,-1]",
        "\"\u{10FFFF}\"", "\"\u{E000}\"", "\"\u{D7FF}\"",
    ]

    static let invalid: [String] = [
        "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "{\"a\":1,}", "{\"a\"}", "{\"a\":}", "{a:1}", "{1:1}",
        "{\"a\" 1}", "{\"a\":1 \"b\":2}", "[1 2]", "[1}", "{\"a\":1]", "{}x", "{}{}", "1 2", "nul", "nulls", "True",
        "NaN", "Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x10", "1a", "--1", "'a'", "\"", "\"a",
        "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\", "\"a\nb\"", "\"\t\"", "\u{FEFF}{}", "{}\u{0}", "\u{0}",
        "\"\u{0}\"",
        "\u{B}1", "[1]\u{A0}", "// c\n1", "[1]]", "{\"a\":[}", "é", "{\"a\":{\"b\":[{\"c\":tru}]}}",
    ]

    /// Bytes that are not UTF-8, in a string.
    static let broken: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
        [0xE2, 0x82], [0xED, 0xA0, 0xBD], [0xED, 0xBF, 0xBF], [0xE2, 0x28, 0xA1], [0xF0, 0x80, 0x80, 0x80],
        [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
        [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ]

    @Test(arguments: valid) func `JSON passes`(_ text: String) {
        #expect(throws: Never.self) { try JSONDocument(Array(text.utf8)) }
    }

    @Test(arguments: invalid) func `anything else does not`(_ text: String) {
        #expect(throws: JSONDocument.Problem.self) { try JSONDocument(Array(text.utf8)) }
    }

    @Test(arguments: broken) func `a string that is not UTF-8 does not pass`(_ bytes: [UInt8]) {
        let quoted = [0x22] + bytes + [0x22]
        #expect(throws: JSONDocument.Problem.self) { try JSONDocument(quoted) }
        #expect(throws: JSONDocument.Problem.self) { try JSONDocument([0x22] + bytes) }
    }

    @Test func `a problem says what is wrong, and where`() {
        #expect(throws: JSONDocument.Problem(reason: "expected a key", offset: 7)) {
            try JSONDocument(Array("{\"a\":1,}".utf8))
        }
        #expect(throws: JSONDocument.Problem(reason: "unfinished string", offset: 3)) {
            try JSONDocument(Array("[\"a".utf8))
        }
        #expect(throws: JSONDocument.Problem(reason: "text after the document", offset: 3)) {
            try JSONDocument(Array("[] x".utf8))
        }
    }

    @Test func `what ends a run of plain text is found at every place in it`() {
        for length in 0...24 {
            let start = [0x22] + [UInt8](repeating: 0x61, count: length)
            for (faulty, reason) in [(0x0A, "control character in a string"), (0x80, "invalid UTF-8")]
                as [(UInt8, String)]
            {
                for after in [0, 1, 12] {
                    let text = start + [faulty] + [UInt8](repeating: 0x62, count: after)
                    #expect(throws: JSONDocument.Problem(reason: reason, offset: length + 1)) {
                        try JSONDocument(text)
                    }
                }
            }
            for rest in ["\"", "\\n\"", "é\"", "\u{7F}!\"", "\\\"\"       "] {
                #expect(throws: Never.self) { try JSONDocument(start + Array(rest.utf8)) }
            }
        }
    }

    @Test func `500 levels pass, 501 do not, and 100,000 do no harm`() {
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
        }
        #expect(throws: Never.self) { try JSONDocument(nested(500)) }
        #expect(throws: JSONDocument.Problem(reason: "nested too deeply", offset: 500)) {
            try JSONDocument(nested(501))
        }
        #expect(throws: JSONDocument.Problem.self) { try JSONDocument(nested(100_000)) }
    }

    @Test func `every cut of a document is refused`() {
        let text = Array("{\"a\":[1.5e3,true,null,\"\\u00e9é😀\"],\"b\":{}}".utf8)
        for end in text.indices {
            #expect(throws: JSONDocument.Problem.self) { try JSONDocument(Array(text[..<end])) }
        }
    }

    @Test func `PostgreSQL stores what passes and refuses what does not`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let texts = (Self.valid + Self.invalid).map { Array($0.utf8) } + Self.broken.map { [0x22] + $0 + [0x22] }
            for text in texts {
                let passes = (try? JSONDocument(text)) != nil
                let isTaken = try await connection.takes(text)
                #expect(isTaken == passes, "\(String(decoding: text, as: UTF8.self))")
            }
        }
    }

    @Test func `PostgreSQL and the check agree about documents with one byte changed`() async throws {
        let document = Array("{\"a\":[1.5e-3,true,null,\"\\u00e9\\n\u{e9}\u{1F600}\"],\"b\":{\"c\":-0}}".utf8)
        var generator = SeededGenerator(seed: 20_261_124)
        var changed: [[UInt8]] = []
        for _ in 0..<1500 {
            var text = document
            let position = Int.random(in: text.indices, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: text[position] = UInt8.random(in: 0...255, using: &generator)
            case 1: text.remove(at: position)
            default: text.insert(document.randomElement(using: &generator) ?? 0, at: position)
            }
            changed.append(text)
        }
        let texts = changed
        try await TestDatabase.with { database in
            let connection = database.connection()
            var accepted = 0
            for text in texts {
                let passes = (try? JSONDocument(text)) != nil
                accepted += passes ? 1 : 0
                let isTaken = try await connection.takes(text)
                #expect(isTaken == passes, "\(text)")
            }
            #expect(accepted > 100)
            #expect(accepted < 1400)
        }
    }
}

extension Connection {
    fileprivate func takes(_ text: [UInt8]) throws -> Bool {
        do {
            try run("select \(JSONText(text))")
            return true
        } catch let error as DatabaseError where error.sqlState?.hasPrefix("22") == true {
            return false
        }
    }
}
