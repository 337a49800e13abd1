import Testing

@testable import Worker

struct TableTests {
    private func table() -> Table {
        var table = Table([
            .init("id"), .init("count", .right), .init("text", minimum: 4),
            .init("more", minimum: 4, isOptional: true),
        ])
        table.add(["a", "7", "short", "x"])
        table.add(["bcd", "1234567", "a longer text", "and more of it"])
        return table
    }

    @Test func `columns are as wide as what they hold`() {
        #expect(
            table().lines(width: nil, isDecorated: false) == [
                "id     count  text           more",
                "a          7  short          x",
                "bcd  1234567  a longer text  and more of it",
            ]
        )
    }

    @Test func `a terminal gets a rule under the headings`() {
        #expect(table().lines(width: 80, isDecorated: true)[1] == "───  ───────  ─────────────  ──────────────")
    }

    @Test func `the widest columns give way until the line fits`() {
        let lines = table().lines(width: 32, isDecorated: false)
        #expect(
            lines == [
                "id     count  text      more",
                "a          7  short     x",
                "bcd  1234567  a longe…  and mor…",
            ]
        )
    }

    @Test func `what is optional goes when the rest needs the room`() {
        #expect(
            table().lines(width: 22, isDecorated: false) == [
                "id     count  text",
                "a          7  short",
                "bcd  1234567  a longe…",
            ]
        )
    }

    @Test(arguments: [
        (18, "bcd  1234567  a l…"), (16, "bcd  1234567  a…"), (14, "bcd  1234567"), (10, "bcd  1234…"), (3, "bcd"),
        (1, "…"),
    ])
    func `what no column can give the end of the line does`(_ width: Int, _ last: String) {
        #expect(table().lines(width: width, isDecorated: false).last == last)
    }

    @Test func `a colour counts for nothing, and is there only where it is wanted`() {
        var table = Table([.init("a", minimum: 3), .init("b")])
        table.add([.init("failed\n", .red), .init("x")])
        #expect(table.lines(width: 7, isDecorated: false, isColoured: true).last == "\u{1B}[31mfai…\u{1B}[0m  x")
        #expect(table.lines(width: 7, isDecorated: false).last == "fai…  x")
    }

    @Test func `cells stay on their line and cannot move the cursor`() {
        var table = Table([.init("a"), .init("b")])
        table.add(["x\ny", "\u{1B}[2Jz\r"])
        #expect(table.lines(width: nil, isDecorated: false).last == "x\\ny  \\u001b[2Jz\\r")
    }

    @Test func `wide characters keep the columns straight`() {
        var table = Table([.init("a", minimum: 3), .init("b")])
        table.add(["日本", "1"])
        table.add(["e\u{301}a", "2"])
        #expect(table.lines(width: nil, isDecorated: false) == ["a     b", "日本  1", "e\u{301}a    2"])
        #expect(table.lines(width: 6, isDecorated: false)[1] == "日…  1")
    }
}
