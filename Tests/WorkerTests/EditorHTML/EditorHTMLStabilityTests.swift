import Foundation
import TestSupport
import Testing

@testable import Text

/// With M for the way out and H for the way in: M(H(M(x))) is M(x), so that a text does not change at each round.
@Suite struct EditorHTMLStabilityTests {
    /// How many texts to try: EDITOR_FUZZ_COUNT, 1,000 unless set; the first seed is EDITOR_FUZZ_SEED, or 1.
    @Test(.timeLimit(.minutes(10))) func `what goes round comes back the same`() {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["EDITOR_FUZZ_COUNT"].flatMap(Int.init) ?? 1_000
        let seed = environment["EDITOR_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
        var failures = 0
        for number in 0..<count {
            var maker = EditorHTMLMaker(seed: seed &+ UInt64(number))
            let html = maker.document()
            for target in [MarkdownTarget.sample(), .sample(isPrivate: true, mayNotify: false)] {
                let once = EditorHTML.markdown(html, for: target)
                let back = Markdown.html(once, in: target.links.context)
                let twice = EditorHTML.markdown(back, for: target)
                if once != twice {
                    failures += 1
                    if failures <= 12 {
                        let same = zip(once.unicodeScalars, twice.unicodeScalars).prefix { $0 == $1 }.count
                        func cut(_ text: String, _ at: Int) -> String {
                            String(
                                String.UnicodeScalarView(
                                    Array(text.unicodeScalars).dropFirst(max(0, at - 120)).prefix(240)
                                )
                            ).debugDescription
                        }
                        if environment["EDITOR_FUZZ_SHOW"] != nil {
                            print(html, "\n=====\n", once, "\n=====\n", back, "\n=====\n", twice)
                        }
                        print(
                            "seed \(seed &+ UInt64(number))\n  once: \(cut(once, same))\n  twice: \(cut(twice, same))"
                        )
                    }
                    break
                }
            }
        }
        #expect(failures == 0, "\(failures) of \(count) from seed \(seed) on")
    }
}
