import Text

/// A text as Plane stores it twice: its HTML, and what is left of that without tags.
///
/// Rendered before the transaction that writes them, because a long text takes a moment.
struct RichText: Sendable, Equatable {
    let html: String
    let stripped: String

    init(html: String) {
        self.html = html
        stripped = PlaneText.stripped(html)
    }

    private init(html: String, stripped: String) {
        self.html = html
        self.stripped = stripped
    }

    /// The text behind a whole block of HTML, such as a line that names its author.
    static func + (block: String, text: RichText) -> RichText {
        RichText(html: block + text.html, stripped: PlaneText.stripped(block) + text.stripped)
    }
}
