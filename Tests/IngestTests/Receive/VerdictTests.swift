import Foundation
import Testing

@testable import Deliveries
@testable import HTTP
@testable import Ingest
@testable import Store

@Suite struct VerdictTests {
    @Test func `the order of checks is content type, header fields, JSON, shape`() {
        func outcome(_ fields: HTTPFields, _ body: String) -> DeliveryOutcome? {
            let verdict = Verdict(of: .gitHub(), fields, body: Array(body.utf8), id: UUID(), received: Date())
            guard case .outcome(let outcome) = verdict else { return nil }
            return outcome
        }
        func code(_ fields: HTTPFields, _ body: String) -> DeliveryOutcome.Fault? {
            guard case .invalid(let fault, _) = outcome(fields, body) else { return nil }
            return fault
        }
        let typed = ("Content-Type", "application/json")
        #expect(outcome([:], "{") == .unsupportedContentType)
        #expect(Answer.delivery(.unsupportedContentType).response.status == 415)
        var fields: HTTPFields = [:]
        fields.append(typed.0, typed.1)
        #expect(code(fields, "{") == .header)
        fields.append("X-GitHub-Event", "issues")
        fields.append("X-GitHub-Delivery", "d")
        #expect(code(fields, "{") == .json)
        #expect(code(fields, "{}") == .payload)
    }
}
