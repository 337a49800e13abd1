/// A line of a Markdown source, as far as its place can be told without parsing the whole.
struct SourceLine {
    let start: Int
    /// Where its text begins, behind the marks of quotes and list items.
    let text: Int
    /// Where it ends, without its line end, and where the next one begins.
    let end: Int
    let next: Int
    /// How many quotes it is in.
    let quotes: Int
    /// How far its text is indented behind the last quote mark; a tab reaches to the next multiple of four.
    let column: Int
    /// Whether it is indented so far that only a paragraph before it keeps it from being code.
    let isIndented: Bool
    let startsItem: Bool
    /// Code, or HTML that does not end with a blank line: comments, `<pre>`, `<?php`.
    let isVerbatim: Bool
    /// HTML that ends with a blank line: `<div>`.
    let isHTML: Bool

    var isBlank: Bool { text == end }

    /// Whether a byte can belong to the indentation of a line and its marks of quotes and list items.
    static func isInPrefix(_ byte: UInt8) -> Bool { byte.isDigit || " \t>-+*.)".utf8.contains(byte) }
}
