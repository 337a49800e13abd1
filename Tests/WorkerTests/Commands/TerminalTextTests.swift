@testable import Inspect
import Foundation
import Testing

@testable import Base
@testable import JSON
@testable import Worker

struct TerminalTextTests {
    @Test(arguments: [
        ("abc", 3), ("", 0), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("ｆ", 2), ("👍🏽", 2), ("👩‍👩‍👧", 2), ("…", 1),
        ("─", 1), ("❤️", 2), ("❤", 1),
    ])
    func `width counts terminal cells`(_ text: String, _ width: Int) {
        #expect(TextWidth.of(text) == width)
    }

    @Test(arguments: [("abcdef", 4, "abc…"), ("abcd", 4, "abcd"), ("日本語", 4, "日…"), ("ab", 1, "…"), ("ab", 0, "")])
    func `text is cut between characters`(_ text: String, _ width: Int, _ expected: String) {
        #expect(TextWidth.cut(text, to: width) == expected)
    }

    @Test(arguments: [
        ("plain é 日 👩‍👩‍👧", "plain é 日 👩‍👩‍👧"), ("a\u{1B}[31mb", "a\\u001b[31mb"), ("a\u{9B}31m", "a\\u009b31m"),
        ("a\u{7F}", "a\\u007f"), ("a\u{0}b", "a\\u0000b"), ("x\u{202E}y", "x\\u202ey"), ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\u{2028}", "\\u2028"), ("\u{E0041}", "\\udb40\\udc41"),
    ])
    func `nothing that acts on a terminal gets through`(_ text: String, _ expected: String) {
        #expect(Printable.line(text) == expected)
    }

    @Test(arguments: [
        ("short", ["short"]), ("", [""]), ("some more words", ["some more", "words"]),
        ("0123456789", ["012345678", "9"]),
        ("a 0123456789", ["a 0123456", "789"]), ("日本語日本語", ["日本語日", "本語"]), ("\tx", ["    x"]),
    ])
    func `text is broken at blanks, else where the line ends`(_ text: String, _ pieces: [String]) {
        #expect(TextWidth.broken(text, after: 9) == pieces)
    }

    @Test func `a block keeps its lines and tabs`() {
        #expect(Printable.block("a\n\tb\r\u{1B}") == "a\n\tb\\r\\u001b")
    }

    @Test(arguments: ["a\"b\\c", "\"\u{301}", "line\nfeed\u{1B}", "\u{2028}\u{9B}\u{E0041}", "日本 👩‍👩‍👧", "\\u0041"])
    func `JSON text reads back as it was and holds no control character`(_ text: String) throws {
        let json = JSONValue.object(["k": .string(text), "n": .null]).text
        let read = try JSONDecoder().decode([String: String?].self, from: Data(json.utf8))
        #expect(read["k"] == text)
        #expect(json.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }

    @Test func `members keep their order, nulls and nested text`() {
        let value = JSONValue.object([
            "b": .int(1), "a": .optional(nil as String?),
            "c": .array([.bool(true), .double(0.5), .raw("{\"x\": \"\u{9B}\"}")]),
        ])
        #expect(value.text == #"{"b":1,"a":null,"c":[true,0.5,{"x": "\u009b"}]}"#)
    }

    @Test(arguments: [(-5, "0s"), (0, "0s"), (59, "59s"), (60, "1m"), (3_599, "59m"), (86_399, "23h"), (86_400, "1d")])
    func `an age is told in its largest unit`(_ seconds: Int, _ text: String) {
        #expect(Age(seconds: seconds).text == text)
    }
}
