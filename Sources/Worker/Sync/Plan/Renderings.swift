import Database
import Foundation
import Text

/// The rendered texts of Markdown bodies.
///
/// They are made before the transaction that writes them, which would otherwise hold its locks while Markdown is
/// rendered.
package struct Renderings: Sendable, Equatable {
    /// A body that has to be rendered.
    package struct Body: Sendable, Hashable {
        let text: String
        let key: Key

        /// `hash` is that of the text.
        init(_ text: String, hash: Bytes, in context: MarkdownContext) {
            self.text = text
            key = Key(hash: hash, context: context)
        }

        package static func == (lhs: Self, rhs: Self) -> Bool { lhs.key == rhs.key }
        package func hash(into hasher: inout Hasher) { hasher.combine(key) }
    }

    /// Everything that the HTML of a body depends on.
    struct Key: Sendable, Hashable {
        let hash: Bytes
        let context: MarkdownContext
    }

    private var texts: [Key: RichText] = [:]

    package init() {}

    /// Nil when the body was not rendered.
    subscript(body: Body) -> RichText? { texts[body.key] }

    /// Renders the bodies that are not there yet; between two bodies other tasks may have the thread.
    package mutating func add(_ bodies: Set<Body>) async {
        for body in bodies where texts[body.key] == nil {
            texts[body.key] = Self.render(body)
            await Task.yield()
        }
    }

    /// The only place where Markdown becomes HTML.
    private static func render(_ body: Body) -> RichText {
        RichText(html: Markdown.html(body.text, in: body.key.context))
    }
}

/// Things that the planner needs and does not have.
///
/// The transaction is rolled back. The missing things are made or read outside it, and the batch runs again with them.
package enum Missing: Error, CustomStringConvertible {
    /// Bodies that were not rendered.
    case bodies(Set<Renderings.Body>)
    /// Deliveries that were processed before and decide now how an object looks.
    case deliveries(Set<UUID>)

    package var description: String {
        switch self {
        case .bodies(let bodies): "\(bodies.count) bodies had to be rendered again and again"
        case .deliveries(let ids): "\(ids.count) deliveries had to be read again and again"
        }
    }
}

/// A text in the two forms that Plane stores: as HTML, and without tags.
///
/// It is made before the transaction that writes it, because a long text takes a moment.
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

    /// The text after a whole block of HTML, such as the line that names its author.
    static func + (block: String, text: RichText) -> RichText {
        RichText(html: block + text.html, stripped: PlaneText.stripped(block) + text.stripped)
    }
}
