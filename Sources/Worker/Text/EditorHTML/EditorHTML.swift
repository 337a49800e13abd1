import Base

/// The HTML that Plane's editor stores, and what it is in GitHub-flavoured Markdown.
///
/// The way back is `Markdown.html`: what that makes of this Markdown has this Markdown again, so that a text does not
/// change each time it goes round. Only tabs that indent code come back as spaces, and to a fingerprint both are the same.
package enum EditorHTML {
    /// The most HTML that is read, in bytes.
    static let inputLimit = 1 << 20

    /// The most Markdown that is written, in UTF-16 units; GitHub refuses more than 65,536 characters.
    static let outputLimit = 65_000

    /// The Markdown of `html` at `target`; empty if nothing is to be seen.
    ///
    /// A text that is too long ends with a link to the page in Plane.
    package static func markdown(_ html: String, for target: MarkdownTarget) -> String {
        let bytes = Array(html.utf8.prefix(inputLimit))
        let isCut = html.utf8.count > bytes.count
        return StableMarkdown.text(EditorReader.blocks(of: bytes), isCut: isCut, for: target)
    }

    /// GitHub's `source` with the changes that were made in Plane since our renderer made `old` of it.
    ///
    /// Blocks that did not change keep their source to the byte. Where the blocks of the source cannot be told from each
    /// other, the result is all of the new HTML as Markdown.
    package static func merged(
        source: String,
        old: String,
        new: String,
        for target: MarkdownTarget
    ) -> String {
        let isShort = [source, old, new].allSatisfy { $0.utf8.count <= inputLimit }
        let merged = isShort ? MergedMarkdown.text(source: source, old: old, new: new, for: target) : nil
        return merged ?? markdown(new, for: target)
    }

    /// What `html` says, as a hash in hexadecimal digits.
    ///
    /// It is the same whatever happens to ids, classes and the order of attributes, and to everything else that the
    /// editor changes in a text when somebody merely opens it.
    package static func fingerprint(_ html: String) -> String {
        let bytes = Array(html.utf8)
        guard bytes.count <= inputLimit else { return sha256(bytes).hex }
        let texts = CanonicalBlock.all(in: EditorReader.blocks(of: bytes)).map(\.text)
        return sha256(Array(texts.joined(separator: [0x0A, 0x0A]))).hex
    }

    /// The ids of the users whom `html` mentions, in lower case.
    package static func mentionedUsers(in html: String) -> Set<String> {
        identifiers(in: html, of: "mention-component")
    }

    /// The ids of the work items that `html` embeds, in lower case.
    package static func embeddedWorkItems(in html: String) -> Set<String> {
        identifiers(in: html, of: "issue-embed-component")
    }

    private static func identifiers(in html: String, of element: String) -> Set<String> {
        guard html.utf8.firstRange(of: element.utf8) != nil else { return [] }
        var tokenizer = HTMLTokenizer(Array(html.utf8.prefix(inputLimit)))
        var identifiers: Set<String> = []
        while let token = tokenizer.next() {
            if case .start(let tag, _) = token, tag.name == element, let id = tag.identifier(in: tokenizer.bytes) {
                identifiers.insert(id)
            }
        }
        return identifiers
    }
}

extension HTMLTag {
    /// The id of the user or work item that an element of the editor stands for, in lower case.
    func identifier(in bytes: [UInt8]) -> String? {
        guard let id = value("entity_identifier", in: bytes), (1...64).contains(id.count) else { return nil }
        return String(decoding: id, as: UTF8.self).lowercased()
    }
}
