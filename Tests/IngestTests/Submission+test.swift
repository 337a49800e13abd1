import Foundation
import Shared

@testable import Ingest

extension Submission {
    /// A delivery of acme-labs/rocket, made up for a test.
    static func test(
        _ deliveryID: String,
        id: UUID = UUID(),
        action: String = "opened",
        repository: Int64 = 700_100_200,
        bytes: Int = 2,
        deadline: ContinuousClock.Instant = .now + .seconds(8),
        answers: Answers? = nil
    ) -> Submission {
        let body =
            "{\"action\":\"x\",\"issue\":\(issue),\"repository\":{\"id\":\(repository),\"full_name\":\"acme-labs/rocket\"}}"
        // A fault of this helper, not of what is tested: no test could go on with it.
        guard let payload = try? Payload(Array(body.utf8), event: .issues) else {
            fatalError("the test's body is wrong")
        }
        let delivery = Delivery(
            id: id,
            deliveryID: deliveryID,
            event: .issues,
            action: action,
            repositoryID: payload.repository.id,
            repositoryName: payload.repository.fullName,
            received: Date(),
            payload: JSONText(Array("{}".utf8) + [UInt8](repeating: 0x20, count: bytes - min(bytes, 2)))
        )
        let ticket = Ticket(deadline: deadline) { answers?.append($0) }
        return Submission(delivery, ticket, ByteReservation(ByteBudget(limit: .max)))
    }

    private static let issue = "{\"id\":1,\"number\":1,\"title\":\"t\",\"updated_at\":\"2026-03-02T10:31:00Z\"}"
}
