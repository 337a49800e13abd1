/// What Plane's editor can lay over a stretch of text, and the two marks its sanitizer keeps although the editor has none.
enum EditorMark: Sendable {
    case strong, emphasis, strike, underline, code, subscripted, superscripted, link

    /// Of a link, only what comes before its URL.
    var startTag: StaticString {
        switch self {
        case .strong: "<strong>"
        case .emphasis: "<em>"
        case .strike: "<s>"
        case .underline: "<u>"
        case .code: "<code>"
        case .subscripted: "<sub>"
        case .superscripted: "<sup>"
        case .link: "<a href=\""
        }
    }

    var endTag: StaticString {
        switch self {
        case .strong: "</strong>"
        case .emphasis: "</em>"
        case .strike: "</s>"
        case .underline: "</u>"
        case .code: "</code>"
        case .subscripted: "</sub>"
        case .superscripted: "</sup>"
        case .link: "</a>"
        }
    }
}
