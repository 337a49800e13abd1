import Base

/// What a tag of the source becomes in the editor.
enum RawElement {
    case mark(EditorMark)
    case link, image, lineBreak, rule
    /// Shows as a link to what it plays.
    case media
    case mediaSource
    /// A block that the editor has no element for: its content stands in paragraphs of its own.
    case flow
    case heading(Int)
    case quote, list(isOrdered: Bool), item
    case table, tableSection, row, cell(isHeader: Bool)
    /// The title of `<details>`: a bold paragraph.
    case summary
    case preformatted
    /// Dropped with its content.
    case hidden
    /// A tag of HTML that means nothing to the editor: it is dropped, and its content stays.
    case transparent

    /// Whether it is part of a table, list or quote, where open text and media end.
    var isStructure: Bool {
        switch self {
        case .quote, .list, .item, .table, .tableSection, .row, .cell: true
        default: false
        }
    }

    /// The meanings by lower-case tag name.
    ///
    /// A name that is missing is no HTML (`<server>`, `Array<Element>`) and shows as text.
    static let named: [String: RawElement] = {
        var named: [String: RawElement] = [
            "strong": .mark(.strong), "b": .mark(.strong), "em": .mark(.emphasis), "i": .mark(.emphasis),
            "cite": .mark(.emphasis), "dfn": .mark(.emphasis), "s": .mark(.strike), "del": .mark(.strike),
            "strike": .mark(.strike), "u": .mark(.underline), "ins": .mark(.underline), "code": .mark(.code),
            "kbd": .mark(.code), "samp": .mark(.code), "tt": .mark(.code), "var": .mark(.code),
            "sub": .mark(.subscripted), "sup": .mark(.superscripted), "a": .link, "img": .image, "br": .lineBreak,
            "hr": .rule, "blockquote": .quote, "ul": .list(isOrdered: false), "ol": .list(isOrdered: true),
            "li": .item, "table": .table, "tr": .row, "td": .cell(isHeader: false), "th": .cell(isHeader: true),
            "summary": .summary, "pre": .preformatted, "script": .hidden, "style": .hidden, "source": .mediaSource,
        ]
        for level in 1...6 { named["h\(level)"] = .heading(level) }
        for name in ["thead", "tbody", "tfoot", "caption"] { named[name] = .tableSection }
        for name in ["audio", "embed", "iframe", "object", "picture", "video"] { named[name] = .media }
        for name in flowNames.split(separator: " ") { named[String(name)] = .flow }
        for name in transparentNames.split(separator: " ") { named[String(name)] = .transparent }
        return named
    }()

    private static let flowNames = """
        address article aside body center dd details dialog dir div dl dt fieldset figcaption figure footer form header \
        hgroup html legend main menu nav optgroup option p search section
        """

    private static let transparentNames = """
        abbr acronym applet area base basefont bdi bdo bgsound big blink button canvas col colgroup data datalist font \
        frame frameset head image input label link map mark marquee math meta meter noembed noframes noscript output param \
        plaintext progress q rb rp rt rtc ruby select slot small span svg template textarea time title track wbr xmp
        """
}

/// An element of raw HTML for media that the editor cannot show: it becomes a link to the media.
struct MediaElement {
    /// In lower case, as the start tag has it.
    let name: String
    /// The source of a `<picture>`, which is linked at its end if no `<img>` came.
    var fallback: [UInt8]?
    /// Whether a link or image for it was written; of several sources the first is enough.
    var isShown = false
    /// The content behind the source that is linked, meant for browsers that cannot play it.
    var alternative: [UInt8] = []

    init(_ tag: HTMLTag) {
        name = tag.name
    }

    /// Its own image comes last, and is shown rather than linked.
    var isPicture: Bool { name == "picture" }

    /// Whether the rest of its content is only an alternative to what is linked.
    var hidesContent: Bool { isShown && !isPicture }

    /// The address of the media that a tag names, as it is written there.
    static func source(of tag: HTMLTag, in bytes: [UInt8]) -> [UInt8]? {
        if let source = tag.value(tag.name == "object" ? "data" : "src", in: bytes) { return source }
        // The first of several, each with a size behind it.
        return tag.value("srcset", in: bytes).map { list in
            Array(list.drop(while: \.isSpace).prefix { !$0.isSpace && $0 != UInt8(ascii: ",") })
        }
    }
}

/// What a `<pre>` of the source has held so far.
struct PreformattedText {
    var language: [UInt8] = []
    var text: [UInt8] = []
}
