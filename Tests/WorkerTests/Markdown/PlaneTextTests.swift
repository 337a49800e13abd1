import Foundation
import Testing

@testable import Text
@testable import Worker

/// HTML with the text Plane made of it, from `html_vectors.json` in the directory PLANE_VECTORS names.
private struct TextVector: Decodable, CustomTestStringConvertible {
    let html: String
    let plane_stripped: String

    var testDescription: String { html }

    static let file = URL(
        fileURLWithPath: ProcessInfo.processInfo.environment["PLANE_VECTORS"] ?? "../shared/plane"
    ).appendingPathComponent("html_vectors.json")

    static var areThere: Bool { FileManager.default.fileExists(atPath: file.path) }

    static func all() throws -> [TextVector] {
        try JSONDecoder().decode([TextVector].self, from: Data(contentsOf: file))
    }
}

@Suite struct PlaneTextTests {
    @Test(.enabled(if: TextVector.areThere, "no html_vectors.json: set PLANE_VECTORS to its directory"))
    func `the text of Plane's own samples is Plane's`() throws {
        let vectors = try TextVector.all()
        #expect(vectors.count >= 33)
        for vector in vectors {
            #expect(PlaneText.stripped(vector.html) == vector.plane_stripped, "\(vector.html)")
        }
    }

    @Test(arguments: [
        ("<p></p>", ""),
        ("<p>a</p><p>b<br>c</p>", "abc"),
        ("<p>&lt;b&gt; &amp;amp; &quot; &#65;&nbsp;&nope;</p>", "<b> &amp; \" A\u{A0}&nope;"),
        ("<img alt=\"a > b\" src='x>y'>c", "c"),
        ("a<!-- <b> -->b<!---->c", "abc"),
        ("1 < 2 <3", "1 < 2 <3"),
        ("a<b", "a<b"),
        ("a\u{0}b&#0;", "ab\u{FFFD}"),
    ])
    func `tags go, entities are decoded`(html: String, text: String) {
        #expect(PlaneText.stripped(html) == text)
    }
}
