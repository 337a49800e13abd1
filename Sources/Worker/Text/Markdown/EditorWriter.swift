import Base

/// Writes the HTML that Plane's editor stores, and keeps it well-formed whatever order it is called in.
///
/// It knows the editor's schema: text stands in a paragraph or heading, lists have items, items start with a paragraph,
/// tables have rows of cells. Elements that are missing around a piece of content are opened for it, nothing is written
/// before it has content, and marks are a set that is updated when text comes. So stray or unclosed tags of the source
/// cannot break the structure, and empty ones leave no trace.
struct EditorWriter {
    private(set) var bytes: [UInt8] = []
    var elements: [EditorElement] = []
    var marks = EditorMarks()
    /// The level of the heading that the next text belongs to, if any.
    var heading: Int?
    /// Whether blocks are nested deeper than `Markdown.nestingCap`; the output is then not used.
    var isTooDeep = false

    /// How many of `elements` count for the nesting cap.
    var depth = 0

    private enum TextBlock { case paragraph, heading(Int) }

    private var textBlock: TextBlock?
    /// Line breaks and a space that are written only if more text follows in the same block.
    private var heldBreaks = 0
    private var heldSpace = false

    var isInTextBlock: Bool { textBlock != nil }

    mutating func write(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func write(text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Writes a number that is not negative.
    mutating func write(number: Int) {
        if number >= 10 { write(number: number / 10) }
        bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
    }

    /// Makes room for what a source of `length` bytes usually becomes.
    mutating func reserve(forSource length: Int) {
        bytes.reserveCapacity(min(4 * length + 64, Markdown.outputBudget))
    }

    /// Takes back everything from `position` on.
    mutating func truncate(to position: Int) {
        bytes.removeLast(bytes.count - position)
    }

    // MARK: Text

    /// Writes text under the marks now wanted.
    ///
    /// White space at the edges of lines is dropped, as HTML shows none there.
    mutating func text(_ text: ArraySlice<UInt8>) {
        var text = text
        if !marks.wantsCode {
            if !isInTextBlock || heldBreaks > 0 { text = text.drop(while: \.isSpace) }
            let trailing = text.reversed().prefix(while: \.isSpace).count
            guard trailing < text.count else {
                heldSpace = heldSpace || (trailing > 0 && isInTextBlock)
                return
            }
            text = text.dropLast(trailing)
            beginInline()
            HTMLEscape.text(text, into: &bytes)
            heldSpace = trailing > 0
        } else if !text.isEmpty {
            beginInline()
            HTMLEscape.text(text, into: &bytes)
        }
    }

    /// Ends the line if there is one; breaks at the start or end of a block are nothing.
    mutating func lineBreak() {
        guard isInTextBlock else { return }
        heldSpace = false
        heldBreaks += 1
    }

    mutating func image(_ image: EditorImage) {
        beginInline()
        image.write(into: &bytes)
    }

    // MARK: Blocks

    /// Ends the open paragraph or heading.
    mutating func endTextBlock() {
        guard let block = textBlock else { return }
        marks.closeAll(into: &bytes)
        switch block {
        case .paragraph: write("</p>")
        case .heading(let level):
            write("</h")
            write(number: level)
            write(">")
        }
        textBlock = nil
        heldBreaks = 0
        heldSpace = false
    }

    /// Ends the open text and makes room for a block: inside a list, a new item; inside a table, a new cell.
    mutating func beginBlock() {
        endTextBlock()
        openFlow()
        if let top = elements.last, top.kind == .item || top.kind == .taskItem, top.contentStart == bytes.count {
            write("<p></p>")  // the editor's items start with a paragraph
        }
    }

    mutating func rule() {
        beginBlock()
        write("<hr>")
    }

    /// Writes a code block; `language` is sanitised here and the last line's end is left out, as the editor does.
    mutating func codeBlock(_ code: ArraySlice<UInt8>, language: some Sequence<UInt8>) {
        beginBlock()
        let name = language.prefix(40).prefix { $0.isAlphanumeric || "+-_.#".utf8.contains($0) }
        if name.isEmpty {
            write("<pre><code>")
        } else {
            write("<pre><code class=\"language-")
            bytes.append(contentsOf: name)
            write("\">")
        }
        HTMLEscape.text(code.last == 0x0A ? code.dropLast() : code, into: &bytes)
        write("</code></pre>")
    }

    /// Makes sure that a text block is open and that exactly the wanted marks are.
    private mutating func beginInline() {
        if textBlock == nil { openTextBlock() }
        marks.closeUnwanted(into: &bytes)
        for _ in 0..<heldBreaks { write("<br>") }
        if heldBreaks == 0, heldSpace { write(" ") }
        heldBreaks = 0
        heldSpace = false
        marks.openWanted(into: &bytes)
    }

    private mutating func openTextBlock() {
        if let level = heading {
            beginBlock()
            write("<h")
            write(number: level)
            write(" class=\"editor-heading-block\">")
            textBlock = .heading(level)
        } else {
            openFlow()
            switch elements.last?.alignment {
            case nil: write("<p>")
            case .left?: write("<p style=\"text-align:left\">")
            case .center?: write("<p style=\"text-align:center\">")
            case .right?: write("<p style=\"text-align:right\">")
            }
            textBlock = .paragraph
        }
    }
}
