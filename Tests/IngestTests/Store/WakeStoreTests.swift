import Foundation
import Testing

@testable import Store

@Suite struct WakeStoreTests {
    private func submit(_ outcomes: Outcomes, to store: WakeStore, deadline: ContinuousClock.Instant) {
        store.submit(Wake(.issue, UUID()), deadline: deadline) { outcomes.append($0) }
    }

    @Test func `a wake-up that waited too long is told so once, later ones wait on`() {
        let store = WakeStore()
        let outcomes = Outcomes()
        let now = ContinuousClock.now
        submit(outcomes, to: store, deadline: now)
        submit(outcomes, to: store, deadline: now + .seconds(1))
        store.expire(at: now)
        store.expire(at: now + .milliseconds(999))
        #expect(outcomes.all == [.unavailable])
        store.expire(at: now + .seconds(1))
        #expect(outcomes.all == [.unavailable, .unavailable])
    }

    @Test func `once it is closed what waits and what still comes has its outcome at once`() {
        let store = WakeStore()
        let outcomes = Outcomes()
        submit(outcomes, to: store, deadline: .now + .seconds(8))
        store.close()
        #expect(outcomes.all == [.unavailable])
        submit(outcomes, to: store, deadline: .now + .seconds(8))
        store.expire(at: .now + .seconds(9))
        #expect(outcomes.all == [.unavailable, .unavailable])
    }
}
