import Database
import JSON
import TestSupport
import Testing

/// Documents that `json` stores and `jsonb` refuses, and what `jsonb` makes of them once they are put right.
@Suite struct JSONBTextTests {
    /// A text, and what its `jsonb` is equal to.
    private static let repaired: [(text: String, expected: String)] = [
        (#"{"a": "x\u0000y"}"#, #"{"a": "xy"}"#),
        (#"{"a\u0000": "\u0000\u0000"}"#, #"{"a": ""}"#),
        (#"["\\\u0000", "\\u0000"]"#, #"["\\", "\\u0000"]"#),
        (#"["\ud800", "\uDBFFx", "\udc00"]"#, #"["\ufffd", "\ufffdx", "\ufffd"]"#),
        (#"["\ud83d\ud83d\ude00"]"#, #"["\ufffd\ud83d\ude00"]"#),
        ("[1e400000, -1E+400000]", "[9e131071, -9e131071]"),
        ("[1e-400000, 0e400000, -0.0e-99999999999999999999]", "[0, 0, 0]"),
        ("[1e999999999999999999999]", "[9e131071]"),
        ("[\(String(repeating: "7", count: 140_000))]", "[9e131071]"),
        ("[12.5\(String(repeating: "0", count: 20_000))]", "[12.5]"),
        ("[0.\(String(repeating: "0", count: 20_000))1]", "[0]"),
    ]

    @Test(arguments: repaired)
    func `what jsonb refuses is put right`(text: String, expected: String) async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let document = try JSONDocument(Array(text.utf8))
            await #expect(throws: DatabaseError.self) {
                try await connection.isJSONB(document.bytes, equalTo: expected)
            }
            let cleaned = try #require(document.textForJSONB)
            let isSame = try await connection.isJSONB(cleaned, equalTo: expected)
            #expect(isSame)
        }
    }

    @Test(arguments: [
        #"{"a": "\ud83d\ude00 \\u0000 \n \u0041", "n": [1, -2.5, 1e10, 1e130000, 1e-15000]}"#,
        "[\(String(repeating: "[", count: 490))\(String(repeating: "]", count: 490))]",
        "[\(String(repeating: "7", count: 130_000))]",
    ])
    func `what jsonb takes stays as it is`(text: String) async throws {
        let document = try JSONDocument(Array(text.utf8))
        #expect(document.textForJSONB == nil)
        try await TestDatabase.with { database in
            let isSame = try await database.connection().isJSONB(document.bytes, equalTo: text)
            #expect(isSame)
        }
    }
}

extension Connection {
    fileprivate func isJSONB(_ text: [UInt8], equalTo expected: String) throws -> Bool {
        try run("select \(JSONText(text))::jsonb = \(expected)::jsonb as same")[0].get("same")
    }
}
