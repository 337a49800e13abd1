import Base

/// GitHub's alerts (`> [!NOTE]`), which become the editor's callouts.
enum Callout: String, CaseIterable {
    case note, tip, important, warning, caution

    /// The alert whose marker `[!NAME]` is all of `line`.
    init?(line: [UInt8]) {
        guard line.first == UInt8(ascii: "["), line.count <= 12, line.starts(with: "[!".utf8),
            line.last == UInt8(ascii: "]")
        else { return nil }
        self.init(rawValue: String(decoding: line.dropFirst(2).dropLast().map(\.lowercased), as: UTF8.self))
    }

    /// The title GitHub shows, which the editor's callout has no place for but its text.
    var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    /// The name of a background of the editor.
    var background: StaticString {
        switch self {
        case .note: "light-blue"
        case .tip: "green"
        case .important: "purple"
        case .warning: "orange"
        case .caution: "peach"
        }
    }
}
