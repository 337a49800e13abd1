import HTTP

/// A table as RFC 4180 writes it: commas, CRLF, and quotes around what needs them.
struct CSV: Sendable {
    /// A value of a row.
    enum Cell: Sendable {
        case text(String)
        case number(Int)
        case decimal(Double?)
    }

    private(set) var text: String

    init(_ columns: [String]) { text = columns.map(Self.quoted).joined(separator: ",") + "\r\n" }

    mutating func add(_ row: [Cell]) { text += row.map(Self.written).joined(separator: ",") + "\r\n" }

    private static func written(_ cell: Cell) -> String {
        switch cell {
        case .text(let text): quoted(harmless(text))
        case .number(let number): String(number)
        case .decimal(let number): number.map { String($0) } ?? ""
        }
    }

    /// A spreadsheet would compute a text that begins like a formula; behind an apostrophe it stays text.
    private static func harmless(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first) else { return text }
        return "'\(text)"
    }

    private static func quoted(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
        return "\"\(text.replacing("\"", with: "\"\""))\""
    }

    /// To be stored under a name, which has no quotes.
    func response(named name: String) -> HTTPResponse {
        HTTPResponse(
            status: 200,
            fields: [
                "Content-Type": "text/csv; charset=utf-8; header=present",
                "Content-Disposition": "attachment; filename=\"\(name)\"",
            ],
            body: Array(text.utf8)
        )
    }
}
