/// A block of Plane's editor that holds blocks, as it lies open in the output.
struct EditorElement {
    enum Kind { case quote, callout, list, item, taskItem, table, row, headerCell, cell }

    /// How a list's items are marked; `ordered` counts on in `nextNumber`.
    enum ListForm { case bullet, ordered, task }

    enum Alignment: String { case left, center, right }

    var kind: Kind
    /// Opened by a tag in the source (or to make room for one) and not by Markdown: a tag may close it, and the end of
    /// the Markdown block around it always does.
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
