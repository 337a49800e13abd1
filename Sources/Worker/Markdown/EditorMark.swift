/// What Plane's editor can lay over a stretch of text, and the two marks its sanitizer keeps although the editor has none.
enum EditorMark: Sendable {
    case strong, emphasis, strike, underline, code, subscripted, superscripted, link

    /// The tag's name; a link's start tag also carries attributes.
    var tag: StaticString {
        switch self {
        case .strong: "strong"
        case .emphasis: "em"
        case .strike: "s"
        case .underline: "u"
        case .code: "code"
        case .subscripted: "sub"
        case .superscripted: "sup"
        case .link: "a"
        }
    }
}
