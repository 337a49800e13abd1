/// Reads rendered HTML strictly and says what is wrong with it, independently of the code that wrote it.
struct EditorHTMLChecker {
    private(set) var problems: [String] = []
    private var open: [String] = []

    /// What may stand in what; `document` is the outside.
    private static let children: [String: Set<String>] = {
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
    private static func isAllowed(_ attribute: String, of element: String, value: String) -> Bool {
        switch (element, attribute) {
        case ("a", "href"): ["http://", "https://", "mailto:", "tel:"].contains { value.lowercased().hasPrefix($0) }
        case ("img", "src"): ["http://", "https://"].contains { value.lowercased().hasPrefix($0) }
        case ("a", "target"): value == "_blank"
        case ("a", "rel"): value == "noopener noreferrer"
        case ("img", "alt"): true
        case ("img", "width"), ("img", "height"): value.wholeMatch(of: /[0-9]{1,5}(px|%)?/) != nil
        case ("h1", "class"), ("h2", "class"), ("h3", "class"), ("h4", "class"), ("h5", "class"), ("h6", "class"):
            value == "editor-heading-block"
        case ("code", "class"): value.wholeMatch(of: /language-[A-Za-z0-9+\-_.#]{1,40}/) != nil
        case ("ol", "start"), ("th", "colspan"), ("th", "rowspan"), ("td", "colspan"), ("td", "rowspan"):
            value.wholeMatch(of: /[0-9]{1,10}/) != nil
        case ("p", "style"): ["left", "center", "right"].contains { value == "text-align:\($0)" }
        case ("ul", "data-type"): value == "taskList"
        case ("li", "data-type"): value == "taskItem"
        case ("li", "data-checked"): value == "true" || value == "false"
        case ("input", "type"): value == "checkbox"
        case ("input", "checked"): value == "checked"
        case ("div", "data-block-type"): value == "callout-component"
        case ("div", "data-logo-in-use"): value == "icon"
        case ("div", "data-icon-name"): value == "Info"
        case ("div", "data-background"): value.wholeMatch(of: /[a-z-]+/) != nil
        default: false
        }
    }

    /// The problems of one rendered body; empty when it is as it should be.
    static func problems(in html: String) -> [String] {
        var checker = EditorHTMLChecker()
        checker.read(html)
        return checker.problems
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
            if !Self.isAllowed(String(attribute.1), of: name, value: String(attribute.2)) {
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
