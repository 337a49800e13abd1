/// Derives the text of Plane's `*_stripped` columns from HTML.
package enum PlaneText {
    /// `html` without tags and comments, entities decoded, nothing put between blocks (`<p>a</p><p>b</p>` is `ab`).
    ///
    /// The text of script and style stays, as in Plane, which strips after sanitizing. U+0000, which PostgreSQL
    /// refuses, is dropped.
    package static func stripped(_ html: String) -> String {
        let bytes = Array(html.utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var tokenizer = HTMLTokenizer(bytes)
        while let token = tokenizer.next() {
            guard case .text(let range) = token else { continue }
            HTMLEntities.decode(bytes[range], into: &text)
        }
        if text.contains(0) { text.removeAll { $0 == 0 } }
        return String(decoding: text, as: UTF8.self)
    }
}
