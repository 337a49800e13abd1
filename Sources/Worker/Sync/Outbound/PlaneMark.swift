import Base
import Foundation

/// The invisible line at the end of a text on GitHub that names the object in Plane that it came from.
///
/// GitHub has no keys against doubles: after a lost answer, only this line tells whether the object was made. A person may
/// paste it, so it counts only together with who wrote the text.
package struct PlaneMark: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable { case issue, comment }

    package let kind: Kind
    package let id: UUID

    package init(_ kind: Kind, _ id: UUID) {
        self.kind = kind
        self.id = id
    }

    /// The mark at the end of a text.
    package init?(endOf text: String) {
        let line = Self.lastLine(of: text)
        guard
            let kind = Kind.allCases.first(where: { line.utf8.starts(with: Self.start(of: $0).utf8) }),
            let id = UUID(uuidString: String(line.dropFirst(Self.start(of: kind).count).dropLast(Self.end.count))),
            line == Self(kind, id).line
        else { return nil }
        self.init(kind, id)
    }

    /// The text with the mark at its end.
    package func added(to text: String) -> String { text.isEmpty ? line : "\(text)\n\n\(line)" }

    /// The text without the mark at its end, if it has one.
    package static func removed(from text: String) -> String {
        guard PlaneMark(endOf: text) != nil else { return text }
        return String(text[..<lastLine(of: text).startIndex].trimmingEnd)
    }

    private var line: String { Self.start(of: kind) + id.text + Self.end }

    private static let end = " -->"
    private static func start(of kind: Kind) -> String { "<!-- plane:\(kind.rawValue):" }

    private static func lastLine(of text: String) -> Substring {
        let text = text.trimmingEnd
        return text[(text.lastIndex(where: \.isNewline).map(text.index(after:)) ?? text.startIndex)...]
    }
}

extension StringProtocol where SubSequence == Substring {
    /// Without white space at its end.
    fileprivate var trimmingEnd: Substring {
        guard let last = lastIndex(where: { !$0.isWhitespace }) else { return self[startIndex..<startIndex] }
        return self[...last]
    }
}
