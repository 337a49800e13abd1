/// A table as Markdown can have it: one row of headers, and a line of text in each cell.
struct PipeTable {
    let rows: [[[EditorInline]]]
    /// The line under the head.
    let delimiters: [UInt8]

    /// Nil if the table is more than that; the first row of a table without headers becomes its head.
    init?(_ table: [[EditorCell]], for target: MarkdownTarget?) {
        guard let head = table.first, head.allSatisfy({ $0.isHeader == head[0].isHeader }) else { return nil }
        let width = table.reduce(0) { max($0, $1.count) }
        let count = table.reduce(0) { $0 + $1.count }
        // Filling up short rows must not make much out of little.
        guard width * table.count <= 2 * count + 64 else { return nil }
        var rows: [[[EditorInline]]] = []
        for (number, cells) in table.enumerated() {
            var row: [[EditorInline]] = []
            for cell in cells {
                guard cell.columns == 1, cell.rows == 1, number == 0 || !cell.isHeader else { return nil }
                guard let line = Self.line(cell.blocks, for: target) else { return nil }
                row.append(line)
            }
            row += Array(repeating: [], count: width - row.count)
            rows.append(row)
        }
        self.rows = rows
        var delimiters = "|"
        for column in 0..<width { delimiters += Self.delimiter(table, column) + "|" }
        self.delimiters = Array(delimiters.utf8)
    }

    private static func line(_ blocks: [EditorBlock], for target: MarkdownTarget?) -> [EditorInline]? {
        if blocks.isEmpty { return [] }
        guard blocks.count == 1, case .paragraph(let inlines, _) = blocks[0] else { return nil }
        // A backslash before a pipe could not be told from one that keeps the pipe from ending the cell.
        for run in EditorRuns(inlines, for: target).runs where run.style.marks.contains(.code) {
            if case .text(let text) = run.content, text.contains(backslashAndPipe) { return nil }
        }
        return inlines
    }

    private static let backslashAndPipe = Array("\\|".utf8)

    private static func delimiter(_ table: [[EditorCell]], _ column: Int) -> String {
        let cells = table.compactMap { $0.indices.contains(column) ? $0[column] : nil }.filter { !$0.blocks.isEmpty }
        let alignment = cells.first?.alignment
        switch cells.allSatisfy({ $0.alignment == alignment }) ? alignment : nil {
        case nil: return " --- "
        case .left?: return " :-- "
        case .center?: return " :-: "
        case .right?: return " --: "
        }
    }
}
