/// Reads rendered HTML strictly and says what is wrong with it, independently of the code that wrote it.
struct EditorHTMLChecker {
    private(set) var problems: [String] = []
    private var open: [String] = []

    /// What may stand in what; `document` is the outside.
    static let children: [String: Set<String>] = {
        let blocks: Set<String> = [
            "p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "table", "hr", "div",
        ]
        let inline: Set<String> = ["strong", "em", "s", "u", "code", "sub", "sup", "a", "br", "img", "text"]
        var children: [String: Set<String>] = [
            "ul": ["li"], "ol": ["li"], "table": ["tbody"], "tbody": ["tr"], "tr": ["th", "td"], "pre": ["code"],
            "label": ["input", "span"], "span": [], "li": blocks.union(["label"]),
        ]
        for name in ["document", "blockquote", "div", "td", "th"] { children[name] = blocks }
        for level in 1...6 { children["h\(level)"] = inline }
        for name in ["p", "strong", "em", "s", "u", "sub", "sup", "a"] { children[name] = inline }
        children["code"] = ["text", "br", "img"]
        return children
    }()

    /// Every attribute we write, by element, with what its value may look like.
    static let attributes: [String: [String: @Sendable (String) -> Bool]] = {
        let length: @Sendable (String) -> Bool = { $0.wholeMatch(of: /[0-9]{1,5}(px|%)?/) != nil }
        let number: @Sendable (String) -> Bool = { $0.wholeMatch(of: /[0-9]{1,10}/) != nil }
        let word: @Sendable (String) -> Bool = { $0.wholeMatch(of: /[a-z-]+/) != nil }
        var attributes: [String: [String: @Sendable (String) -> Bool]] = [
            "a": [
                "href": { value in linkStarts.contains { value.lowercased().hasPrefix($0) } },
                "target": { $0 == "_blank" },
                "rel": { $0 == "noopener noreferrer" },
            ],
            "img": [
                "src": { value in ["http://", "https://"].contains { value.lowercased().hasPrefix($0) } },
                "alt": { _ in true }, "width": length, "height": length,
            ],
            "code": ["class": { $0.wholeMatch(of: /language-[A-Za-z0-9+\-_.#]{1,40}/) != nil }],
            "ol": ["start": number],
            "th": ["colspan": number, "rowspan": number],
            "td": ["colspan": number, "rowspan": number],
            "p": ["style": { value in ["left", "center", "right"].contains { value == "text-align:\($0)" } }],
            "ul": ["data-type": { $0 == "taskList" }],
            "li": ["data-type": { $0 == "taskItem" }, "data-checked": { $0 == "true" || $0 == "false" }],
            "input": ["type": { $0 == "checkbox" }, "checked": { $0 == "checked" }],
            "div": [
                "data-block-type": { $0 == "callout-component" }, "data-logo-in-use": { $0 == "icon" },
                "data-icon-name": { $0 == "Info" }, "data-background": word,
            ],
        ]
        for level in 1...6 { attributes["h\(level)"] = ["class": { $0 == "editor-heading-block" }] }
        return attributes
    }()

    /// What a link may begin with.
    static let linkStarts = ["http://", "https://", "mailto:", "tel:"]

    /// The problems of one rendered body; empty when it is as it should be.
    static func problems(in html: String) -> [String] {
        var checker = EditorHTMLChecker()
        checker.read(html)
        return checker.problems
    }

    /// The same, and what of `source` was destroyed.
    static func problems(in html: String, from source: String) -> [String] {
        // Numbers that are no character's become the replacement character, too.
        let mayHold = source.unicodeScalars.contains("\u{FFFD}") || source.contains("&#")
        let isDestroyed = !mayHold && html.unicodeScalars.contains("\u{FFFD}")
        return problems(in: html) + (isDestroyed ? ["U+FFFD, which the source does not have"] : [])
    }

    private mutating func read(_ html: String) {
        var rest = html.utf8[...]
        if html.utf8.count > 1 << 20 { problems.append("\(html.utf8.count) bytes") }
        if html.isEmpty { problems.append("nothing at all") }
        if html.utf8.contains(0) { problems.append("U+0000") }
        while let bracket = rest.firstIndex(of: UInt8(ascii: "<")) {
            text(rest[..<bracket])
            guard let end = rest[bracket...].firstIndex(of: UInt8(ascii: ">")) else {
                return problems.append("tag without end")
            }
            tag(String(rest[rest.index(after: bracket)..<end]) ?? "")
            rest = rest[rest.index(after: end)...]
            if problems.count > 3 { return }
        }
        text(rest)
        if !open.isEmpty { problems.append("left open: \(open)") }
    }

    private mutating func text(_ text: Substring.UTF8View) {
        guard !text.isEmpty else { return }
        place("text")
        let string = String(text) ?? "not UTF-8"
        if text.contains(UInt8(ascii: ">")) { problems.append("bare > in \(string.prefix(40))") }
        for piece in string.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
        where !["amp;", "lt;", "gt;", "nbsp;"].contains(where: { piece.hasPrefix($0) }) {
            problems.append("bare & in \(string.prefix(40))")
        }
    }

    private mutating func tag(_ tag: String) {
        if tag.hasPrefix("/") {
            if open.popLast() != String(tag.dropFirst()) { problems.append("<\(tag)> closes nothing") }
            return
        }
        guard let match = tag.wholeMatch(of: /([a-z][a-z0-9]*)((?: [a-z-]+="[^"<]*")*)/) else {
            return problems.append("odd tag <\(tag.prefix(80))>")
        }
        let name = String(match.1)
        place(name)
        var seen: Set<Substring> = []
        for attribute in match.2.matches(of: /([a-z-]+)="([^"]*)"/) {
            if !seen.insert(attribute.1).inserted { problems.append("<\(tag.prefix(80))> repeats \(attribute.1)") }
            if Self.attributes[name]?[String(attribute.1)]?(String(attribute.2)) != true {
                problems.append("<\(tag.prefix(80))> has \(attribute.1)")
            }
        }
        if name == "a", seen != ["href", "target", "rel"] { problems.append("<\(tag.prefix(80))> lacks something") }
        if !["br", "hr", "img", "input"].contains(name) { open.append(name) }
    }

    private mutating func place(_ name: String) {
        let parent = open.last ?? "document"
        if Self.children[parent]?.contains(name) != true { problems.append("\(name) in \(parent)") }
    }
}
