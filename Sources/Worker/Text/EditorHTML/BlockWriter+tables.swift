import Base

extension BlockWriter {
    mutating func table(_ rows: [[EditorCell]]) {
        if let table = PipeTable(rows, for: target) {
            for (number, row) in table.rows.enumerated() {
                let cells = row.map { inlines in inline(inlines, .cell) }
                line(Array("|".utf8) + cells.flatMap { [0x20] + $0 + Array(" |".utf8) })
                if number == 0 { line(table.delimiters) }
            }
        } else {
            tags(rows)
        }
    }

    /// Writes a table that Markdown has no form for as tags, each on a line of its own, with Markdown between them.
    private mutating func tags(_ rows: [[EditorCell]]) {
        line("<table>".utf8)
        for row in rows {
            line("<tr>".utf8)
            for cell in row {
                let name = cell.isHeader ? "th" : "td"
                var tag = "<\(name)"
                if cell.columns > 1 { tag += " colspan=\"\(cell.columns)\"" }
                if cell.rows > 1 { tag += " rowspan=\"\(cell.rows)\"" }
                if let alignment = cell.alignment { tag += " align=\"\(alignment.rawValue)\"" }
                if cell.blocks.isEmpty {
                    line("\(tag)></\(name)>".utf8)
                } else {
                    line("\(tag)>".utf8)
                    line([])
                    write(cell.blocks)
                    if !(isInList && cell.blocks.last.map(Self.endsAlone) == true) { line([]) }
                    line("</\(name)>".utf8)
                }
            }
            line("</tr>".utf8)
        }
        line("</table>".utf8)
    }
}
