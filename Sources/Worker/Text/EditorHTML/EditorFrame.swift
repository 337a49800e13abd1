/// An element of the HTML that is open, and what has been read of its content.
struct EditorFrame {
    enum Kind {
        case document
        /// An element that has no meaning: what it holds belongs to the element around it.
        case plain
        case quote
        case callout(background: [UInt8])
        case list(start: Int?)
        case item(isChecked: Bool?)
        case table, row
        case cell(EditorCell)
    }

    var kind: Kind
    let name: String
    /// How many marks were open outside.
    let markFloor: Int

    var blocks: [EditorBlock] = []
    /// Of a list.
    var items: [EditorItem] = []
    /// Of a table and of a row.
    var rows: [[EditorCell]] = []
    var cells: [EditorCell] = []

    /// Whether it counts for `Markdown.nestingCap`.
    var deepens: Bool {
        switch kind {
        case .quote, .callout, .list, .table: true
        default: false
        }
    }

    var isCell: Bool { if case .cell = kind { true } else { false } }
    var isList: Bool { if case .list = kind { true } else { false } }
    var isItem: Bool { if case .item = kind { true } else { false } }
    var isTable: Bool { if case .table = kind { true } else { false } }
    var isRow: Bool { if case .row = kind { true } else { false } }
}

extension EditorReader {
    /// Opens the items, rows and cells that text or a block needs at this place.
    mutating func openFlow() {
        while let top = frames.last {
            switch top.kind {
            case .list: push(.item(isChecked: nil), "li")
            case .table: push(.row, "tr")
            case .row: push(.cell(EditorCell(isHeader: false)), "td")
            default: return
            }
        }
    }

    mutating func push(_ kind: EditorFrame.Kind, _ name: String) {
        frames.append(EditorFrame(kind: kind, name: name, markFloor: marks.count))
        if frames.last?.deepens == true { depth += 1 }
    }

    /// Closes frames until `count` are left.
    mutating func closeFrames(to count: Int) {
        endTextBlock()
        while frames.count > count, let frame = frames.popLast() {
            if frame.deepens { depth -= 1 }
            if marks.count > frame.markFloor {
                marks.removeLast(marks.count - frame.markFloor)
                updateStyle()
            }
            add(frame)
        }
    }

    /// Adds what a frame has become to the one around it; what is empty leaves no trace, as in our own HTML.
    private mutating func add(_ frame: EditorFrame) {
        if case .plain = frame.kind, !frame.blocks.isEmpty { openFlow() }
        let index = frames.count - 1
        switch frame.kind {
        case .document, .plain: frames[index].blocks.append(contentsOf: frame.blocks)
        case .quote:
            if !frame.blocks.isEmpty { frames[index].blocks.append(.quote(frame.blocks)) }
        case .callout(let background):
            let (callout, blocks) = Callout.read(frame.blocks, background: background)
            frames[index].blocks.append(.callout(callout, blocks))
        case .list(let start): addLists(frame.items, start: start, to: index)
        case .item(let isChecked): frames[index].items.append(EditorItem(isChecked: isChecked, blocks: frame.blocks))
        case .table:
            if !frame.rows.isEmpty { frames[index].blocks.append(.table(frame.rows)) }
        case .row:
            if !frame.cells.isEmpty { frames[index].rows.append(frame.cells) }
        case .cell(var cell):
            cell.blocks = frame.blocks
            frames[index].cells.append(cell)
        }
    }

    /// Adds the items of one element; tasks among others make lists of their own, as in the editor.
    private mutating func addLists(_ items: [EditorItem], start: Int?, to index: Int) {
        var rest = items[...]
        var number = start
        while let first = rest.first {
            let isTask = first.isChecked != nil
            let part = rest.prefix { ($0.isChecked != nil) == isTask }
            let list = EditorList(start: isTask ? nil : number, items: Array(part))
            frames[index].blocks.append(.list(list))
            number = number.map { min($0 + part.count, 999_999_999) }
            rest = rest[part.endIndex...]
        }
    }
}

extension Callout {
    /// The alert that a callout with these blocks is, and its blocks without the title that our renderer gives it.
    ///
    /// A callout that was made in Plane is a note.
    static func read(_ blocks: [EditorBlock], background: [UInt8]) -> (Callout, [EditorBlock]) {
        for callout in allCases where background == callout.background.withUTF8Buffer({ Array($0) }) {
            let title = EditorInline.text(Array(callout.title.utf8), EditorStyle(marks: .strong))
            guard case .paragraph([title], _)? = blocks.first else { continue }
            return (callout, Array(blocks.dropFirst()))
        }
        return (.note, blocks)
    }
}
