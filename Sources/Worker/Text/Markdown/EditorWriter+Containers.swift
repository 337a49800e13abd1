/// A block of Plane's editor that holds blocks, as it lies open in the output.
struct EditorElement {
    enum Kind { case quote, callout, list, item, taskItem, table, row, headerCell, cell }

    /// How a list's items are marked; `ordered` counts on in `nextNumber`.
    enum ListForm { case bullet, ordered, task }

    enum Alignment: String { case left, center, right }

    var kind: Kind
    /// Whether it was opened by a tag in the source, or to make room for one, and not by Markdown: a tag may close it,
    /// and the end of the Markdown block around it always does.
    let isRaw: Bool
    /// Where its start tag begins in the output, and where its content begins.
    let start: Int
    var contentStart: Int

    /// Of a list: whether the source numbers it, the number of the next item, and the form that is open just now.
    var isOrdered = false
    var nextNumber = 1
    var openForm: ListForm?

    /// Of a cell.
    var alignment: Alignment?

    /// Whether it counts for the nesting cap; items, rows and cells only come inside one that does.
    var deepens: Bool { kind == .quote || kind == .callout || kind == .list || kind == .table }
}

extension EditorWriter {
    // MARK: Opening

    mutating func openQuote(isRaw: Bool = false) {
        beginBlock()
        push(.quote, isRaw: isRaw, startTag: "<blockquote>")
    }

    mutating func openList(isOrdered: Bool, start: Int = 1, isRaw: Bool = false) {
        beginBlock()
        var list = EditorElement(kind: .list, isRaw: isRaw, start: bytes.count, contentStart: bytes.count)
        list.isOrdered = isOrdered
        list.nextNumber = start
        push(list)
    }

    mutating func openTable(isRaw: Bool = false) {
        beginBlock()
        push(.table, isRaw: isRaw, startTag: "<table><tbody>")
    }

    /// Opens an item of the list that is innermost; `checked` is nil unless it is a task.
    ///
    /// The editor's task lists hold tasks only, so a mixed list is written as several.
    mutating func openItem(checked: Bool? = nil, isRaw: Bool = false) {
        guard let index = elements.indices.last, elements[index].kind == .list else { return }
        let form: EditorElement.ListForm = checked != nil ? .task : elements[index].isOrdered ? .ordered : .bullet
        if form != elements[index].openForm {
            endListForm()
            elements[index].openForm = form
            switch form {
            case .bullet: write("<ul>")
            case .task: write("<ul data-type=\"taskList\">")
            case .ordered:
                let number = elements[index].nextNumber
                if number == 1 {
                    write("<ol>")
                } else {
                    write("<ol start=\"")
                    write(number: number)
                    write("\">")
                }
            }
        }
        elements[index].nextNumber += 1
        switch checked {
        case nil:
            push(.item, isRaw: isRaw, startTag: "<li>")
        case true?:
            push(.taskItem, isRaw: isRaw, startTag: Self.checkedTask)
        case false?:
            push(.taskItem, isRaw: isRaw, startTag: Self.openTask)
        }
    }

    mutating func openRow(isRaw: Bool = false) {
        push(.row, isRaw: isRaw, startTag: "<tr>")
    }

    mutating func openCell(
        isHeader: Bool,
        alignment: EditorElement.Alignment? = nil,
        columns: Int = 1,
        rows: Int = 1,
        isRaw: Bool = false
    ) {
        let start = bytes.count
        if columns == 1, rows == 1 {  // all of Markdown's own
            write(isHeader ? "<th colspan=\"1\" rowspan=\"1\">" : "<td colspan=\"1\" rowspan=\"1\">")
        } else {
            write(isHeader ? "<th colspan=\"" : "<td colspan=\"")
            write(number: columns)
            write("\" rowspan=\"")
            write(number: rows)
            write("\">")
        }
        var cell = EditorElement(
            kind: isHeader ? .headerCell : .cell,
            isRaw: isRaw,
            start: start,
            contentStart: bytes.count
        )
        cell.alignment = alignment
        push(cell)
    }

    /// Opens the items, rows and cells that text or a block needs at this place.
    mutating func openFlow() {
        while let top = elements.last?.kind {
            switch top {
            case .list: openItem(isRaw: true)
            case .table: openRow(isRaw: true)
            case .row: openCell(isHeader: false, isRaw: true)
            default: return
            }
        }
    }

    /// Turns the innermost quote into a callout, if it is one of Markdown's and still empty.
    mutating func turnQuote(into callout: Callout) -> Bool {
        guard let top = elements.last, top.kind == .quote, !top.isRaw, top.contentStart == bytes.count else {
            return false
        }
        truncate(to: top.start)
        write("<div data-block-type=\"callout-component\" data-logo-in-use=\"icon\" data-icon-name=\"Info\"")
        write(" data-background=\"")
        write(callout.background)
        write("\">")
        elements[elements.count - 1].kind = .callout
        elements[elements.count - 1].contentStart = bytes.count
        write("<p><strong>")
        write(text: callout.title)
        write("</strong></p>")
        return true
    }

    // MARK: Closing

    /// Closes the innermost container of Markdown's and everything that tags left open in it.
    mutating func closeMarkdownContainer() {
        closeRawContainers()
        closeTop()
    }

    /// Closes what tags opened inside the innermost container of Markdown's.
    mutating func closeRawContainers() {
        endTextBlock()
        while elements.last?.isRaw == true { closeTop() }
    }

    /// Closes the innermost container of one of `kinds` that a tag opened, and what is in it; false when there is none.
    ///
    /// The search ends at Markdown's own containers and at `barriers`.
    mutating func closeRaw(_ kinds: [EditorElement.Kind], barriers: [EditorElement.Kind] = []) -> Bool {
        endTextBlock()
        guard let index = rawIndex(of: kinds, barriers: barriers) else { return false }
        while elements.count > index { closeTop() }
        return true
    }

    /// Closes what is open inside the innermost container of one of `kinds` that a tag opened; false when there is
    /// none.
    mutating func returnToRaw(_ kinds: [EditorElement.Kind], barriers: [EditorElement.Kind] = []) -> Bool {
        endTextBlock()
        guard let index = rawIndex(of: kinds, barriers: barriers) else { return false }
        while elements.count > index + 1 { closeTop() }
        return true
    }

    private func rawIndex(of kinds: [EditorElement.Kind], barriers: [EditorElement.Kind]) -> Int? {
        for index in elements.indices.reversed() {
            let element = elements[index]
            guard element.isRaw else { return nil }
            if kinds.contains(element.kind) { return index }
            if barriers.contains(element.kind) { return nil }
        }
        return nil
    }

    /// Writes the end of the innermost container, or removes the container if it would be empty.
    private mutating func closeTop() {
        endTextBlock()
        guard let top = elements.last else { return }
        let isEmpty = top.contentStart == bytes.count
        switch top.kind {
        case .quote, .table, .row:
            if isEmpty {
                truncate(to: top.start)
            } else {
                write(top.kind == .quote ? "</blockquote>" : top.kind == .row ? "</tr>" : "</tbody></table>")
            }
        case .callout: write("</div>")
        case .list: endListForm()
        case .item, .taskItem, .cell, .headerCell:
            if isEmpty { write("<p></p>") }
            switch top.kind {
            case .item: write("</li>")
            case .taskItem: write("</div></li>")
            case .cell: write("</td>")
            default: write("</th>")
            }
        }
        elements.removeLast()
        if top.deepens { depth -= 1 }
    }

    // MARK: Parts

    private mutating func push(_ kind: EditorElement.Kind, isRaw: Bool, startTag: StaticString) {
        let start = bytes.count
        write(startTag)
        push(EditorElement(kind: kind, isRaw: isRaw, start: start, contentStart: bytes.count))
    }

    private mutating func push(_ element: EditorElement) {
        elements.append(element)
        guard element.deepens else { return }
        depth += 1
        if depth > Markdown.nestingCap { isTooDeep = true }
    }

    /// Ends the `<ul>` or `<ol>` of the innermost list.
    private mutating func endListForm() {
        switch elements.last?.openForm {
        case nil: return
        case .ordered?: write("</ol>")
        case .bullet?, .task?: write("</ul>")
        }
    }

    private static let openTask: StaticString = """
        <li data-type="taskItem" data-checked="false"><label><input type="checkbox"><span></span></label><div>
        """

    private static let checkedTask: StaticString = """
        <li data-type="taskItem" data-checked="true">\
        <label><input type="checkbox" checked="checked"><span></span></label><div>
        """
}
