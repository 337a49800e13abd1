import Foundation
import Testing

@testable import Base
@testable import Sync
@testable import Worker

/// deploy/events.md tells operators what the routing table tells the worker.
@Suite struct RoutingTableTests {
    /// A row of the document, and the same of the code.
    private struct Line: Hashable, CustomStringConvertible {
        let event: String
        let action: String
        let effect: String
        /// Nil where the document has words of its own.
        let reason: String?

        var description: String { [event, action, effect, reason].compactMap(\.self).joined(separator: " | ") }
    }

    @Test func `the document has a line for each action of the table, and no other`() throws {
        let documented = try Self.documented()
        let routed = RoutingTable.effects.flatMap { event, actions in
            actions.map { action, effect in
                Line(
                    event: event.rawValue,
                    action: action,
                    effect: Self.word(for: effect, of: event),
                    reason: effect.reason
                )
            }
        }
        #expect(Set(documented).subtracting(routed) == [], "only in the document")
        #expect(Set(routed).subtracting(documented) == [], "only in the table")
        #expect(documented.count == routed.count, "a line twice")
    }

    @Test(arguments: [
        (EventType.issues, 20), (.issueComment, 5), (.pullRequest, 21), (.label, 3), (.repository, 9), (.milestone, 5),
        (.subIssues, 4),
    ])
    func `the table has all of GitHub's actions`(event: EventType, count: Int) {
        #expect(RoutingTable.effects[event]?.count == count)
    }

    @Test func `no kind of object is listed twice`() {
        #expect(Set(Registry.kinds.map { ObjectIdentifier($0) }).count == Registry.kinds.count)
    }

    private static func word(for effect: Effect, of event: EventType) -> String {
        let object =
            switch event {
            case .issues: "issue"
            case .issueComment: "comment"
            case .pullRequest: "pull request"
            case .repository: "repository name"
            case .label, .milestone, .subIssues: event.rawValue
            }
        return switch effect {
        case .shown: object
        case .gone: "\(object) gone"
        case .ignored: "ignored"
        }
    }

    private static func documented() throws -> [Line] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../deploy/events.md")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        return rows.filter { $0.count == 4 && $0[1].hasPrefix("`") }.map { cells in
            Line(
                event: cells[0].trimmingCharacters(in: ["`"]),
                action: cells[1].trimmingCharacters(in: ["`"]),
                effect: cells[2],
                reason: cells[2] == "ignored" ? cells[3] : nil
            )
        }
    }
}

extension Effect {
    fileprivate var reason: String? {
        guard case .ignored(let reason) = self else { return nil }
        return reason
    }
}
