import Testing

@testable import Deliveries
@testable import Store

@Suite(.timeLimit(.minutes(15))) struct DeliveryQueueTests {
    @Test func `a writer takes everything that waits, in order`() async {
        let queue = DeliveryQueue()
        for number in 1...5 { queue.submit(.test("\(number)")) }
        #expect(await queue.take()?.map(\.delivery.deliveryID) == ["1", "2", "3", "4", "5"])
        #expect(queue.count == 0)
    }

    @Test func `a batch is bounded in rows and in bytes, but one delivery always fits`() async {
        let rows = DeliveryQueue(maxRows: 2)
        for number in 1...5 { rows.submit(.test("\(number)")) }
        #expect(await rows.take()?.count == 2)
        #expect(await rows.take()?.map(\.delivery.deliveryID) == ["3", "4"])
        let bytes = DeliveryQueue(maxBytes: 10)
        for (id, size) in [("a", 6), ("b", 5), ("c", 50), ("d", 1)] { bytes.submit(.test(id, bytes: size)) }
        for expected in ["a", "b", "c", "d"] { #expect(await bytes.take()?.map(\.delivery.deliveryID) == [expected]) }
    }

    @Test func `a second delivery of one id waits for the next batch`() async {
        let queue = DeliveryQueue()
        for id in ["a", "b", "a", "c", "a"] { queue.submit(.test(id)) }
        #expect(await queue.take()?.map(\.delivery.deliveryID) == ["a", "b", "c"])
        #expect(await queue.take()?.map(\.delivery.deliveryID) == ["a"])
        #expect(await queue.take()?.map(\.delivery.deliveryID) == ["a"])
    }

    @Test func `a writer that waits gets what comes`() async {
        let queue = DeliveryQueue()
        async let batch = queue.take()
        queue.submit(.test("late"))
        #expect(await batch?.map(\.delivery.deliveryID) == ["late"])
    }

    @Test func `after the close what waits is still written, then writers end, and nothing comes in`() async {
        let queue = DeliveryQueue()
        queue.submit(.test("a"))
        queue.close()
        let outcomes = Outcomes()
        queue.submit(.test("b", outcomes: outcomes))
        #expect(outcomes.all == [.unavailable])
        #expect(await queue.take()?.map(\.delivery.deliveryID) == ["a"])
        #expect(await queue.take() == nil)
    }

    @Test func `what waited too long is told so once, whether a writer has it or not`() async {
        let queue = DeliveryQueue(maxRows: 1)
        let outcomes = Outcomes()
        let now = ContinuousClock.now
        queue.submit(.test("held", deadline: now, outcomes: outcomes))
        queue.submit(.test("waiting", deadline: now, outcomes: outcomes))
        queue.submit(.test("fresh", deadline: now + .seconds(5), outcomes: outcomes))
        let held = await queue.take()
        queue.expire(at: now)
        #expect(outcomes.all == [.unavailable, .unavailable])
        held?[0].settle(.ping)
        #expect(outcomes.all.count == 2)
        #expect(queue.count == 1)
        #expect(await queue.take()?.map(\.delivery.deliveryID) == ["fresh"])
    }
}
