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
    let startsItem: Bool
    /// Code, or HTML that no blank line ends.
    let isVerbatim: Bool

    var isBlank: Bool { text == end }
}
