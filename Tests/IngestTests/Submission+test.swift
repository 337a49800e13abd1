import Foundation

@testable import Base
@testable import Database
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
        let delivery = Delivery(
            id: id,
            deliveryID: deliveryID,
            event: .issues,
            action: action,
            repositoryID: repository,
            repositoryName: "acme-labs/rocket",
            received: Date(),
            payload: JSONText(Array("{}".utf8) + [UInt8](repeating: 0x20, count: bytes - min(bytes, 2)))
        )
        let ticket = Ticket(deadline: deadline) { answers?.append($0) }
        return Submission(delivery, ticket, nil)
    }
}
