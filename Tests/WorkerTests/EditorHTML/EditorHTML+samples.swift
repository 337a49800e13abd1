import Foundation
import TestSupport

@testable import Text

extension MarkdownTarget {
    /// A text of issue 7 of `octo/hello`, with people and work items that the samples mention.
    static func sample(isPrivate: Bool = false, mayNotify: Bool = true) -> MarkdownTarget {
        MarkdownTarget(
            .sample(isPrivate: isPrivate),
            page: "https://plane.x/w/browse/GH-7/",
            mayNotify: mayNotify,
            people: [
                "u1": Person(login: "octocat", displayName: "Octo Cat"),
                "u2": Person(login: nil, displayName: "Ada *Love_lace*"),
            ],
            workItems: [
                "w1": .issue(repository: "octo/hello", number: 12), "w2": .issue(repository: "octo/world", number: 3),
                "w3": .page(url: "https://plane.x/w/browse/AB-1/", title: "A page [x]"),
            ]
        )
    }
}

extension EditorHTML {
    /// M, the way out.
    static func markdown(_ html: String) -> String { markdown(html, for: .sample()) }

    /// M of what H makes of `markdown`; what it must be is `markdown` itself.
    static func again(_ markdown: String, for target: MarkdownTarget = .sample()) -> String {
        self.markdown(Markdown.html(markdown, in: target.links.context), for: target)
    }
}

extension String {
    /// With spaces for the tabs that indent code: the only change that a round makes.
    var withoutTabs: String { String(decoding: BlockWriter.withoutTabs(Array(utf8)), as: UTF8.self) }
}

/// What the environment says of a test with random texts.
///
/// EDITOR_FUZZ_COUNT is how many it tries, EDITOR_FUZZ_SEED the seed of the first one. The second one has the next seed,
/// so each text can be repeated alone.
struct EditorFuzz {
    let count: Int
    let first: UInt64

    /// Tries `few` texts unless more is asked for.
    init(_ name: String, few: Int) {
        let environment = ProcessInfo.processInfo.environment
        count = environment["EDITOR_FUZZ_COUNT"].flatMap(Int.init) ?? (TestEnvironment.includesFaults ? 20_000 : few)
        first = environment["EDITOR_FUZZ_SEED"].flatMap(UInt64.init) ?? .random(in: 0...UInt64.max >> 1)
        print("\(name): EDITOR_FUZZ_SEED=\(first) EDITOR_FUZZ_COUNT=\(count)")
    }

    var seeds: Range<UInt64> { first..<first + UInt64(count) }
}
