import Testing

@testable import GitHubClient

@Suite struct EventStreamTests {
    private static func messages(_ text: String) -> [String] {
        var stream = EventStream()
        return stream.receive(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: [
        ("data: a\n\n", ["a"]), ("data:a\n\n", ["a"]), ("data:  a\n\n", [" a"]),
        ("data: a\r\n\r\n", ["a"]), ("data: a\r\r", ["a"]), ("data: a\r\n\ndata: b\n\r\n", ["a", "b"]),
        ("\u{FEFF}data: a\n\n", ["a"]), ("\u{FEFF}\u{FEFF}data: a\n\n", []),
        ("data: a\ndata: b\n\n", ["a\nb"]), ("data\ndata: b\n\n", ["\nb"]), ("data: a\n\ndata: b\n\n", ["a", "b"]),
        (": comment\n\n:\n\ndata: a\n: in between\n\n", ["a"]),
        ("data: \n\n", []), ("data\n\n", []), ("event: message\n\n", []), ("\n\n\n", []),
        ("event: message\ndata: a\n\n", ["a"]), ("event: endpoint\ndata: /x\n\ndata: a\n\n", ["a"]),
        ("event: endpoint\nevent:\ndata: a\n\n", ["a"]),
        ("id: 7\nretry: 50\nunknown: x\ndata: a\n\n", ["a"]), (" data: a\n\n", []), ("DATA: a\n\n", []),
        ("data: a\n", []), ("data: a", []), ("data: a\r", []), ("data: ä\u{2028}b\n\n", ["ä\u{2028}b"]),
        ("data: {\"a\": \"x: y\"}\n\n", ["{\"a\": \"x: y\"}"]),
    ]) func `what counts as a message`(text: String, messages: [String]) {
        #expect(Self.messages(text) == messages)
    }

    @Test func `it does not matter how the bytes come`() {
        let text = "\u{FEFF}: hi\r\ndata: ä\r\ndata: b\r\n\r\nevent: x\rdata: c\r\rdata: d\n\n"
        let whole = Self.messages(text)
        #expect(whole == ["ä\nb", "d"])
        for size in 1...5 {
            var stream = EventStream()
            var messages: [[UInt8]] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                messages += stream.receive(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(messages.map { String(decoding: $0, as: UTF8.self) } == whole)
        }
    }
}
