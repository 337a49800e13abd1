import Database
import Foundation
import Text

/// The texts of Markdown bodies, made before the transaction that writes it: while Markdown is rendered PostgreSQL would
/// wait with all its locks.
package struct Renderings: Sendable, Equatable {
    /// A body to be rendered.
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

    /// All that its HTML depends on.
    struct Key: Sendable, Hashable {
        let hash: Bytes
        let context: MarkdownContext
    }

    private var texts: [Key: RichText] = [:]

    package init() {}

    /// Nil when it was not rendered.
    subscript(body: Body) -> RichText? { texts[body.key] }

    /// Renders what is not there yet; between two bodies others may have the thread.
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

/// What the planner found that it needs and has not got.
///
/// The transaction is rolled back; what is missing is made or fetched outside, and the batch runs again with it.
package enum Missing: Error, CustomStringConvertible {
    /// Bodies that were not rendered.
    case bodies(Set<Renderings.Body>)
    /// Deliveries that were worked on before and decide now what some object looks like.
    case deliveries(Set<UUID>)

    package var description: String {
        switch self {
        case .bodies(let bodies): "\(bodies.count) bodies had to be rendered again and again"
        case .deliveries(let ids): "\(ids.count) deliveries had to be read again and again"
        }
    }
}

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
