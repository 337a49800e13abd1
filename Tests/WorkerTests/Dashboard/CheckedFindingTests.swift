import Foundation
import Inspect
import Testing

@testable import Dashboard

@Suite struct CheckedFindingTests {
    private static func page(_ findings: Finding...) -> String {
        let html = CheckedFinding.html(findings.map { CheckedFinding(check: "queue", finding: $0) })
        return String(decoding: html.bytes, as: UTF8.self)
    }

    @Test func `where all is well there is one line`() {
        let page = Self.page(.ok("no due event waits"), .ok("there are no events"))
        #expect(page.hasPrefix("<p") && page.contains("found nothing to do."))
        #expect(!page.contains("no due event waits"))
    }

    @Test func `a check that could not be made is named`() {
        #expect(Self.page(.notChecked("the role lacks a right")).contains("(not made: queue)"))
    }

    @Test func `what failed comes first, each with what helps`() throws {
        let page = Self.page(.warning("w & x", "do w"), .ok("fine"), .failed("f", "do f"))
        let failed = try #require(page.range(of: "f<br><span class=\"soft\">do f</span>"))
        let warning = try #require(page.range(of: "w &amp; x<br><span class=\"soft\">do w</span>"))
        #expect(failed.lowerBound < warning.lowerBound)
        #expect(!page.contains("fine"))
    }

    @Test func `a list without end is cut`() {
        let many = (1...40).map {
            CheckedFinding(check: "ingest", finding: .warning("r\($0)", "connect"))
        }
        let page = String(decoding: CheckedFinding.html(many).bytes, as: UTF8.self)
        #expect(page.contains("and 28 more"))
    }
}
