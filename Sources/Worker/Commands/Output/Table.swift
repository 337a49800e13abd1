/// Rows under headings, in columns.
struct Table: Sendable, Equatable {
    struct Column: Sendable, Equatable {
        enum Alignment: Sendable { case left, right }

        let title: String
        var alignment = Alignment.left
        /// The fewest cells it may be cut to; nil when it is never cut.
        var minimum: Int?
        /// Left out when the others do not fit otherwise, the last such column first.
        var isOptional = false
    }

    private static let gap = 2
    private let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; cells are shown on one line and without control characters.
    mutating func add(_ cells: [String]) {
        rows.append(cells.map(Printable.line))
    }

    /// The lines, cut to `width` cells where the columns allow it, with a rule under the headings for people.
    ///
    /// Without a width nothing is cut.
    func lines(width: Int?, isDecorated: Bool) -> [String] {
        var shown = Array(columns.indices)
        var widths = columns.indices.map { index in
            rows.reduce(TextWidth.of(columns[index].title)) { max($0, TextWidth.of($1[index])) }
        }
        if let width {
            shown = fitting(width, widths)
            shrink(&widths, shown, to: width)
        }
        var lines = [line(shown, widths) { columns[$0].title }]
        if isDecorated { lines.append(line(shown, widths) { String(repeating: "─", count: widths[$0]) }) }
        return lines + rows.map { row in line(shown, widths) { row[$0] } }
    }

    /// The columns that can be shown in `width` cells.
    private func fitting(_ width: Int, _ widths: [Int]) -> [Int] {
        var shown = Array(columns.indices)
        func needed() -> Int { shown.reduce(-Self.gap) { $0 + Self.gap + least($1, widths) } }
        while needed() > width, let last = shown.lastIndex(where: { columns[$0].isOptional }) {
            shown.remove(at: last)
        }
        return shown
    }

    private func least(_ column: Int, _ widths: [Int]) -> Int {
        columns[column].minimum.map { min($0, widths[column]) } ?? widths[column]
    }

    /// Takes cells from whichever column is widest and may still give some.
    private func shrink(_ widths: inout [Int], _ shown: [Int], to width: Int) {
        var excess = shown.reduce(-Self.gap) { $0 + Self.gap + widths[$1] } - width
        while excess > 0 {
            let giving = shown.filter { widths[$0] > least($0, widths) }
            guard let widest = giving.max(by: { widths[$0] < widths[$1] }) else { return }
            widths[widest] -= 1
            excess -= 1
        }
    }

    private func line(_ shown: [Int], _ widths: [Int], _ cell: (Int) -> String) -> String {
        let cells = shown.map { column in
            let text = TextWidth.cut(cell(column), to: widths[column])
            let padding = String(repeating: " ", count: widths[column] - TextWidth.of(text))
            return columns[column].alignment == .left ? text + padding : padding + text
        }
        return cells.joined(separator: String(repeating: " ", count: Self.gap)).trimmingTrailingSpaces
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
    }
}
