import Testing

@testable import Dashboard

@Suite struct CSVTests {
    private static func line(_ cells: [CSV.Cell]) -> String {
        var csv = CSV(["a"])
        csv.add(cells)
        return String(csv.text.dropFirst(2))
    }

    @Test func `lines end with CRLF, numbers are plain, and what is not known is nothing`() {
        #expect(Self.line([.number(-12), .decimal(0.5), .decimal(nil), .text("x")]) == "-12,0.5,,x\r\n")
    }

    @Test(arguments: [
        ("a,b", "\"a,b\""), ("say \"no\"", "\"say \"\"no\"\"\""), ("two\r\nlines", "\"two\r\nlines\""), ("", ""),
        ("plain text", "plain text"),
    ])
    func `text is quoted where it has to be`(_ text: String, _ written: String) {
        #expect(Self.line([.text(text)]) == "\(written)\r\n")
    }

    @Test(arguments: ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
    func `a text that a spreadsheet would compute stays text`(_ text: String) {
        let line = Self.line([.text(text)])
        #expect(line.drop { $0 == "\"" }.hasPrefix("'"))
    }
}
