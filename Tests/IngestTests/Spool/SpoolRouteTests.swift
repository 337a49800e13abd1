import Foundation
import Testing

@testable import Base
@testable import Deliveries
@testable import Spool
@testable import Store

/// When deliveries go around the database.
@Suite(.timeLimit(.minutes(15))) struct SpoolRouteTests {
    private struct Fixture {
        let writers = DeliveryQueue()
        let repositories = ConnectedRepositories(lifetime: .zero)
        let log = LogLines()
        let outcomes = Outcomes()
        let route: SpoolRoute
        let start = ContinuousClock.now
        private let ids = EventIDGenerator()

        init() {
            route = SpoolRoute(
                contents: SpoolContents(),
                breaker: CircuitBreaker(log: Log { [log] in log.append($0) }),
                queue: DeliveryQueue(),
                repositories: repositories,
                leadTime: .seconds(6)
            )
        }

        func submit(_ id: String, at seconds: Int, repository: Int64 = 700_100_200) {
            let deadline = start + .seconds(seconds + 8)
            writers.submit(.test(id, id: ids.next(), repository: repository, deadline: deadline, outcomes: outcomes))
        }

        /// What the spool's writer finds.
        func taken() async -> [String] {
            guard route.queue.count > 0 else { return [] }
            return await route.queue.take()?.map(\.delivery.deliveryID) ?? []
        }
    }

    @Test func `nothing goes around a database that answers in time`() async {
        let fixture = Fixture()
        fixture.submit("a", at: 0)
        fixture.route.takeOver(from: fixture.writers, at: fixture.start + .seconds(2))
        #expect(!fixture.route.breaker.isOpen)
        #expect(await fixture.taken().isEmpty)
        #expect(fixture.writers.count == 1)
    }

    @Test func `one that waited too long takes all with it, what a writer holds included, in order`() async {
        let fixture = Fixture()
        fixture.submit("a", at: 0)
        fixture.submit("b", at: 0)
        let held = await fixture.writers.take(as: 1)
        fixture.submit("c", at: 1)
        let now = fixture.start + .seconds(2) + .milliseconds(1)
        fixture.route.takeOver(from: fixture.writers, at: now)
        #expect(fixture.route.breaker.isOpen)
        #expect(fixture.writers.count == 0)
        #expect(held?.count == 2)
        #expect(await fixture.taken() == ["a", "b", "c"])
        // Not once more while the disk is slow.
        fixture.route.takeOver(from: fixture.writers, at: now)
        #expect(await fixture.taken().isEmpty)
        #expect(fixture.log.count("go to the spool") == 1)
    }

    @Test func `what has its outcome is not taken over`() async {
        let fixture = Fixture()
        fixture.submit("a", at: 0)
        let held = await fixture.writers.take(as: 1)
        held?[0].settle(.ping)
        fixture.route.takeOver(from: fixture.writers, at: fixture.start + .seconds(7))
        #expect(!fixture.route.breaker.isOpen)
        #expect(await fixture.taken().isEmpty)
    }

    @Test func `while the circuit breaker is open nothing waits for the database`() async {
        let fixture = Fixture()
        fixture.route.breaker.open()
        fixture.submit("a", at: 0)
        fixture.route.takeOver(from: fixture.writers, at: fixture.start)
        #expect(await fixture.taken() == ["a"])
    }

    @Test func `a repository last known as not connected stays so, an unknown one is spooled`() async {
        let fixture = Fixture()
        fixture.repositories.remember([1: .unconnected, 2: .several])
        fixture.route.breaker.open()
        for repository in Int64(1)...3 { fixture.submit("\(repository)", at: 0, repository: repository) }
        fixture.route.takeOver(from: fixture.writers, at: fixture.start)
        #expect(fixture.outcomes.all == [.notConnected])
        #expect(await fixture.taken() == ["2", "3"])
    }
}
