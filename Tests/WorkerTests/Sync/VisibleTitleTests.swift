import Testing

@testable import Sync
@testable import Worker

@Suite struct VisibleTitleTests {
    @Test(arguments: [
        "", " \t\n", "\u{200B}\u{200D}", "\u{AD}", "\u{2800}", "\u{3164}", "\u{FE0F}", "\u{E0001}\u{E0061}",
        "\u{0}\u{7}\u{1B}", "\u{301}",
        "\u{FEFF}\u{2060}", "\u{115F}\u{1160}", "\u{202E}",
    ])
    func `nothing is seen of these`(title: String) {
        #expect(!title.unicodeScalars.contains { $0.isVisible })
    }

    @Test(arguments: ["a", ".", "é", "e\u{301}", "😀", "修", "\u{200B}x", "❤\u{FE0F}", "\u{E000}"])
    func `something is seen of these`(title: String) {
        #expect(title.unicodeScalars.contains { $0.isVisible })
    }
}
