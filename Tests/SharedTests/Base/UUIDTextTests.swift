import Base
import Database
import Foundation
import TestSupport
import Testing

@Suite struct UUIDTextTests {
    @Test func `text and order are Foundation's`() {
        var generator = SeededGenerator(seed: 7)
        var last = UUID(high: 0, low: 0)
        for _ in 0..<2_000 {
            let id = UUID(high: generator.next(), low: generator.next())
            #expect(id.text == id.uuidString.lowercased())
            #expect((id < last) == (id.text < last.text))
            last = id
        }
    }

    @Test(arguments: [
        "0189aBcD-0000-7000-8000-0123456789af", "0189abcd-0000-7000-8000-0123456789a", "0189abcd00007000800001234567",
        "0189abcd-0000-7000-8000-0123456789ag", "0189abcd 0000-7000-8000-0123456789af", "",
        "0189abcd-0000-7000-8000-0123456789aff",
    ])
    func `only the whole form is read`(text: String) {
        var text = text
        let read = text.withUTF8 { UUID(sqlText: $0) }
        #expect(read == UUID(uuidString: text))
    }
}
