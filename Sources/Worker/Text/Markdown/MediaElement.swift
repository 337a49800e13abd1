/// An element of raw HTML that plays or shows what the editor cannot: it becomes a link to that.
struct MediaElement {
    /// In lower case, as the start tag has it.
    let name: String
    /// What would be linked at its end: the source of a `<picture>` whose `<img>` has not come.
    var fallback: [UInt8]?
    /// Whether something of it can be seen: of several sources the first is enough.
    var isShown = false
    /// What stands in it behind the source that is linked: for browsers that cannot play that.
    var alternative: [UInt8] = []

    init(_ tag: HTMLTag) {
        name = tag.name
    }

    /// Its own image comes last, and is shown rather than linked.
    var isPicture: Bool { name == "picture" }

    /// Whether what it still holds is only an alternative to what is linked.
    var hidesContent: Bool { isShown && !isPicture }

    /// What a tag names as its content, as it is written there.
    static func source(of tag: HTMLTag, in bytes: [UInt8]) -> [UInt8]? {
        if let source = tag.value(tag.name == "object" ? "data" : "src", in: bytes) { return source }
        // The first of several, each with a size behind it.
        return tag.value("srcset", in: bytes).map { list in
            Array(list.drop(while: \.isSpace).prefix { !$0.isSpace && $0 != UInt8(ascii: ",") })
        }
    }
}
