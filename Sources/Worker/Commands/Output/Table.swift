import Base

/// Rows under headings, in columns.
struct Table: Sendable, Equatable {
    struct Column: Sendable, Equatable {
        enum Alignment: Sendable { case left, right }

        let title: String
        let alignment: Alignment
        /// The fewest cells it may be cut to; nil for a column that is cut only when nothing else helps.
        let minimum: Int?
        /// Whether it may be left out to make room for others; the last such column goes first.
        let isOptional: Bool

        init(_ title: String, _ alignment: Alignment = .left, minimum: Int? = nil, isOptional: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.minimum = minimum
            self.isOptional = isOptional
        }
    }

    struct Cell: Sendable, Equatable {
        let text: String
        var colour: TextColour?

        /// Shown on one line and without control characters.
        init(_ text: String, _ colour: TextColour? = nil) {
            self.text = Printable.line(text)
            self.colour = colour
        }
    }

    private static let gap = 2
    private let columns: [Column]
    private var rows: [[Cell]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    mutating func add(_ cells: [String]) {
        add(cells.map { Cell($0) })
    }

    mutating func add(_ cells: [Cell]) {
        rows.append(cells)
    }

    /// The lines, cut to `width` cells, with a rule under the headings for people.
    ///
    /// Columns are cut down to their minimum, and a line that is still too long ends at the width. Without a width
    /// nothing is cut.
    func lines(width: Int?, isDecorated: Bool, isColoured: Bool = false) -> [String] {
        var shown = Array(columns.indices)
        var widths = columns.indices.map { index in
            rows.reduce(TextWidth.of(columns[index].title)) { max($0, TextWidth.of($1[index].text)) }
        }
        if let width {
            shown = fitting(width, widths)
            shrink(&widths, shown, to: width)
        }
        func line(_ cell: (Int) -> Cell) -> String {
            self.line(shown, widths, limit: width ?? .max, isColoured, cell)
        }
        var lines = [line { Cell(columns[$0].title) }]
        if isDecorated { lines.append(line { Cell(String(repeating: "─", count: widths[$0])) }) }
        return lines + rows.map { row in line { row[$0] } }
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

    /// Makes the widest column that is above its minimum narrower, cell by cell, until the line fits.
    private func shrink(_ widths: inout [Int], _ shown: [Int], to width: Int) {
        var excess = shown.reduce(-Self.gap) { $0 + Self.gap + widths[$1] } - width
        while excess > 0 {
            let giving = shown.filter { widths[$0] > least($0, widths) }
            guard let widest = giving.max(by: { widths[$0] < widths[$1] }) else { return }
            widths[widest] -= 1
            excess -= 1
        }
    }

    private func line(
        _ shown: [Int],
        _ widths: [Int],
        limit: Int,
        _ isColoured: Bool,
        _ cell: (Int) -> Cell
    ) -> String {
        var line = ""
        var used = 0
        for column in shown where used < limit {
            let width = min(widths[column], limit - used)
            let cell = cell(column)
            let text = TextWidth.cut(cell.text, to: width)
            let padding = String(repeating: " ", count: width - TextWidth.of(text))
            let coloured = isColoured ? cell.colour?.applied(to: text) ?? text : text
            line += columns[column].alignment == .left ? coloured + padding : padding + coloured
            line += String(repeating: " ", count: min(Self.gap, limit - used - width))
            used += width + Self.gap
        }
        return line.trimmingTrailingSpaces
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
    }
}
