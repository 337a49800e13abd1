import Foundation
import Synchronization

@testable import Base
@testable import Database
@testable import Deliveries
@testable import Store

extension Submission {
    /// A delivery of acme-labs/rocket, made up for a test.
    static func test(
        _ deliveryID: String,
        id: UUID = UUID(),
        action: String = "opened",
        repository: Int64 = 700_100_200,
        bytes: Int = 2,
        deadline: ContinuousClock.Instant = .now + .seconds(8),
        outcomes: Outcomes? = nil
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
        return Submission(delivery, deadline: deadline, reservation: nil) { outcomes?.append($0) }
    }
}

/// Outcomes in the order in which they were told.
final class Outcomes: Sendable {
    private let outcomes = Mutex<[DeliveryOutcome]>([])
    var all: [DeliveryOutcome] { outcomes.withLock { $0 } }
    func append(_ outcome: DeliveryOutcome) { outcomes.withLock { $0.append(outcome) } }
}
