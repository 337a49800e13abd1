/// A block of a text in Plane, as its editor knows it.
indirect enum EditorBlock: Sendable, Equatable {
    case paragraph([EditorInline], alignment: EditorElement.Alignment?)
    case heading(level: Int, [EditorInline])
    case code(language: [UInt8], [UInt8])
    case rule
    case quote([EditorBlock])
    case callout(Callout, [EditorBlock])
    case list(EditorList)
    case table([[EditorCell]])
}

struct EditorList: Sendable, Equatable {
    /// The number of the first item; nil for a list of bullets or tasks.
    var start: Int?
    var items: [EditorItem] = []
}

struct EditorItem: Sendable, Equatable {
    /// Nil unless it is a task.
    var isChecked: Bool?
    var blocks: [EditorBlock] = []
}

struct EditorCell: Sendable, Equatable {
    var isHeader: Bool
    var columns = 1
    var rows = 1
    var blocks: [EditorBlock] = []

    /// The alignment that all its paragraphs have, if they have one.
    var alignment: EditorElement.Alignment? {
        var found: EditorElement.Alignment?
        for block in blocks {
            guard case .paragraph(_, let alignment?) = block, found == nil || found == alignment else { return nil }
            found = alignment
        }
        return found
    }
}

/// A piece of a line of text.
enum EditorInline: Sendable, Equatable {
    case text([UInt8], EditorStyle)
    case lineBreak
    case picture(EditorPicture, EditorStyle)
    /// The user with this id.
    case mention(String, EditorStyle)
    /// The work item with this id.
    case workItem(String)
}

/// An image: of the web, or an asset that only Plane can show.
struct EditorPicture: Sendable, Equatable {
    /// As it stands in the HTML: a URL, or the id of an asset.
    var source: [UInt8]
    var description: [UInt8] = []
    /// In pixels.
    var width: Int?
    var height: Int?
}

/// The marks on a piece of text, which are a set: their order in the HTML has no meaning.
struct EditorStyle: Sendable, Equatable {
    var marks: MarkSet = []
    /// Where its link leads.
    var link: [UInt8]?

    /// What both have.
    func intersection(_ other: EditorStyle) -> EditorStyle {
        EditorStyle(marks: marks.intersection(other.marks), link: link == other.link ? link : nil)
    }
}

struct MarkSet: OptionSet, Sendable, Hashable {
    let rawValue: UInt8

    static let strong = MarkSet(rawValue: 1)
    static let emphasis = MarkSet(rawValue: 2)
    static let strike = MarkSet(rawValue: 4)
    static let underline = MarkSet(rawValue: 8)
    static let code = MarkSet(rawValue: 16)
    static let subscripted = MarkSet(rawValue: 32)
    static let superscripted = MarkSet(rawValue: 64)

    /// Those that may lie in each other.
    static let nesting: [MarkSet] = [.strong, .emphasis, .strike, .underline, .subscripted, .superscripted]
}

extension MarkSet {
    /// Empty for a link, which is no member.
    init(_ mark: EditorMark) {
        switch mark {
        case .strong: self = .strong
        case .emphasis: self = .emphasis
        case .strike: self = .strike
        case .underline: self = .underline
        case .code: self = .code
        case .subscripted: self = .subscripted
        case .superscripted: self = .superscripted
        case .link: self = []
        }
    }
}
