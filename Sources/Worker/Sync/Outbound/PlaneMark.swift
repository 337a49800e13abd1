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

    /// The mark at the end of a text, on a line of its own.
    package init?(endOf text: String) {
        // Nearly all texts have none, and some are long, so no more than a line is looked at.
        let tail = text.utf8.suffix(Self.reach).trimmingEnd
        for kind in Kind.allCases {
            let start = Self.start(of: kind)
            let line = tail.suffix(start.utf8.count + 36 + Self.end.utf8.count)
            guard line.starts(with: start.utf8), line.suffix(Self.end.utf8.count).elementsEqual(Self.end.utf8),
                tail.dropLast(line.count).last ?? newline == newline,
                let id = UUID(uuidString: String(decoding: line.dropFirst(start.utf8.count).prefix(36), as: UTF8.self))
            else { continue }
            self.init(kind, id)
            return
        }
        return nil
    }

    /// The text with the mark at its end.
    package func added(to text: String) -> String { text.isEmpty ? line : "\(text)\n\n\(line)" }

    /// The text without the mark at its end, if it has one.
    package static func removed(from text: String) -> String {
        guard let mark = PlaneMark(endOf: text) else { return text }
        return String(decoding: text.utf8.trimmingEnd.dropLast(mark.line.utf8.count).trimmingEnd, as: UTF8.self)
    }

    private var line: String { Self.start(of: kind) + id.text + Self.end }

    private static let end = " -->"
    private static func start(of kind: Kind) -> String { "<!-- plane:\(kind.rawValue):" }

    /// A mark, with as much white space behind it as anybody leaves there.
    private static let reach = 200
}

private let newline = UInt8(ascii: "\n")

extension BidirectionalCollection<UInt8> where SubSequence: BidirectionalCollection<UInt8> {
    /// Without white space at its end.
    fileprivate var trimmingEnd: SubSequence {
        let last = lastIndex { !" \t\r\n".utf8.contains($0) }
        return self[..<(last.map(index(after:)) ?? startIndex)]
    }
}
