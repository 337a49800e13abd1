/// The line at the top of a comment on GitHub that names the person who wrote it in Plane.
package enum CommentHeading {
    /// `**Ada** in [GH-12](https://plane.example.com/…):`; `page` is nil where nobody told the address of Plane's pages.
    package static func added(to text: String, by name: String, in issue: String, page: String?) -> String {
        let place = page.map { "[\(issue)](\($0))" } ?? issue
        return "**\(name.filter { !"*_`<>[]@\n\r\\".contains($0) })** in \(place):\n\n\(text)"
    }

    /// The text without the line.
    ///
    /// It is known by its form, because the person or the issue may have another name by now.
    package static func removed(from text: String) -> String {
        guard text.hasPrefix("**"), let end = text.firstIndex(where: \.isNewline) else { return text }
        let line = text[..<end]
        guard line.contains("** in "), line.hasSuffix(":") else { return text }
        return String(text[end...].drop(while: \.isNewline))
    }
}
