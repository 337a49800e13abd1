import Base
import GitHub

/// A piece of a paragraph or heading, ready to be written as Markdown.
struct EditorRun: Equatable {
    enum Content: Equatable {
        /// Text without line ends, with single spaces.
        case text([UInt8])
        /// A picture of the web, its address absolute.
        case picture(EditorPicture)
        case lineBreak
    }

    var content: Content
    var style: EditorStyle

    var isSpace: Bool { content == .text([0x20]) && !style.marks.contains(.code) }
}

/// Brings the pieces of a paragraph or heading into the one form of all that look the same.
///
/// White space is collapsed and has only the marks of both its neighbours, code and links exclude what our renderer
/// excludes, and pieces of one style are one.
struct EditorRuns {
    var runs: [EditorRun] = []
    private let target: MarkdownTarget?
    /// A space that shows if text comes before and behind it.
    private var space: EditorStyle?

    /// Without a target, links, mentions and pictures are written as they stand in the HTML, for comparison only.
    init(_ inlines: [EditorInline], for target: MarkdownTarget?) {
        self.target = target
        for inline in inlines { add(inline) }
        while let last = runs.last, last.content == .lineBreak { runs.removeLast() }
        styleLineBreaks()
        merge()
        guard let target else { return }
        removePictureLinks(target)
        linkAddresses(target)
    }

    // MARK: Pieces

    private mutating func add(_ inline: EditorInline) {
        switch inline {
        case .text(let text, let style): add(text, resolved(style))
        case .lineBreak:
            space = nil
            if !runs.isEmpty { runs.append(EditorRun(content: .lineBreak, style: EditorStyle())) }
        case .picture(let picture, let style): add(picture, resolved(style))
        case .mention(let id, let style): addMention(id, resolved(style))
        case .workItem(let id): addWorkItem(id)
        }
    }

    private mutating func add(_ text: [UInt8], _ style: EditorStyle) {
        if style.marks.contains(.code) { return addCode(text, style) }
        var rest = text[...]
        while let first = rest.first {
            if first.isSpace {
                rest = rest.drop(while: \.isSpace)
                addSpace(style)
            } else {
                let word = rest.prefix { !$0.isSpace }
                rest = rest[word.endIndex...]
                append(.text(Array(word)), style)
            }
        }
    }

    /// Code keeps the spaces at its ends.
    private mutating func addCode(_ text: [UInt8], _ style: EditorStyle) {
        var code: [UInt8] = []
        for byte in text where !byte.isSpace || code.last != 0x20 { code.append(byte.isSpace ? 0x20 : byte) }
        if !code.isEmpty { append(.text(code), style) }
    }

    private mutating func addSpace(_ style: EditorStyle) {
        guard let last = runs.last, last.content != .lineBreak else { return }
        space = (space ?? last.style).intersection(style)
    }

    private mutating func append(_ content: EditorRun.Content, _ style: EditorStyle) {
        if var between = space?.intersection(style) {
            between.marks.remove(.code)
            runs.append(EditorRun(content: .text([0x20]), style: between))
            space = nil
        }
        runs.append(EditorRun(content: content, style: style))
    }

    private mutating func add(_ picture: EditorPicture, _ style: EditorStyle) {
        var picture = picture
        picture.description = Self.collapsed(picture.description)
        guard let target else { return append(.picture(picture), style) }
        let isWeb = URLScheme(of: picture.source[...]) != nil
        if isWeb, let source = target.links.resolve(picture.source, for: .image) {
            picture.source = source
            // Pictures have no marks in the editor.
            append(.picture(picture), EditorStyle(link: style.link))
        } else {
            let link = target.link(to: Array(target.page.utf8))
            add(Array("image in Plane".utf8), EditorStyle(marks: style.marks.subtracting(.code), link: link))
        }
    }

    private mutating func addMention(_ id: String, _ style: EditorStyle) {
        var style = style
        style.marks.remove(.code)
        guard let target else { return add(Array("@\(id)".utf8), style) }
        guard let person = target.people[id] else { return add(Array("someone".utf8), style) }
        if let login = person.login, target.mayNotify, style.link == nil {
            let name = Array("@\(login)".utf8)
            if let url = target.natural(name) {
                style.link = url
                return append(.text(name), style)
            }
        }
        let name = Self.collapsed(Array(person.displayName.utf8))
        add(name.isEmpty ? Array("someone".utf8) : name, style)
    }

    private mutating func addWorkItem(_ id: String) {
        guard let target else { return add(Array("#\(id)".utf8), EditorStyle()) }
        let (text, url): (String, String)
        switch target.workItems[id] {
        case .issue(let repository, let number)?:
            let isOwn = repository.lowercased() == target.links.context.repository.fullName.lowercased()
            text = "\(isOwn ? "" : repository)#\(number)"
            url = "\(String(decoding: target.links.server, as: UTF8.self))/\(repository)/issues/\(number)"
        case .page(let page, let title)? where title.contains { !$0.isWhitespace }: (text, url) = (title, page)
        default: (text, url) = ("work item in Plane", target.page)
        }
        let link = target.natural(Array(text.utf8)) ?? target.link(to: Array(url.utf8))
        add(Array(text.utf8), EditorStyle(link: link))
    }

    /// The style as our renderer would write it: only links that it takes, and no other mark beside code.
    private func resolved(_ style: EditorStyle) -> EditorStyle {
        var style = style
        if let link = style.link, let target {
            // White space in a scheme is encoded, which leaves none.
            let url = URLScheme(of: link[...]) == nil ? nil : target.link(to: link)
            style.link = url.flatMap { URLScheme(of: $0[...]) == nil ? nil : $0 }
        }
        if style.marks.contains(.code) {
            if style.link != nil { style.marks.remove(.code) } else { style.marks = .code }
        }
        return style
    }

    /// `text` in one line, without the angle brackets that our renderer leaves out of descriptions.
    private static func collapsed(_ text: [UInt8]) -> [UInt8] {
        let words = text.split { $0.isSpace || $0.isControl || $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }
        return Array(words.joined(separator: [0x20]))
    }

    // MARK: Whole

    /// Gives line breaks, as spaces, the marks of both their neighbours.
    mutating func styleLineBreaks() {
        var before = EditorStyle()
        var first: Int?
        for index in runs.indices {
            if runs[index].content == .lineBreak {
                if first == nil { first = index }
                continue
            }
            if let start = first {
                var between = before.intersection(runs[index].style)
                between.marks.remove(.code)
                for position in start..<index { runs[position].style = between }
                first = nil
            }
            before = runs[index].style
        }
    }

    mutating func merge() {
        var merged: [EditorRun] = []
        var text: [UInt8] = []
        var style = EditorStyle()
        func flush() {
            if !text.isEmpty { merged.append(EditorRun(content: .text(text), style: style)) }
            text.removeAll()
        }
        for run in runs {
            if case .text(let next) = run.content {
                if style != run.style { flush() }
                style = run.style
                let isDouble = text.last == 0x20 && next.first == 0x20  // between two pieces of code
                text += isDouble ? next.dropFirst() : next[...]
            } else {
                flush()
                merged.append(run)
            }
        }
        flush()
        runs = merged
    }
}
