import Foundation
import Synchronization
import Testing

@testable import Base
@testable import Ingest

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
        let answers = Answers()
        queue.submit(.test("b", answers: answers))
        #expect(answers.all == [.unavailable])
        #expect(await queue.take()?.map(\.delivery.deliveryID) == ["a"])
        #expect(await queue.take() == nil)
    }

    @Test func `what waited too long is answered 503 once, whether a writer has it or not`() async {
        let queue = DeliveryQueue(maxRows: 1)
        let answers = Answers()
        let now = ContinuousClock.now
        queue.submit(.test("held", deadline: now, answers: answers))
        queue.submit(.test("waiting", deadline: now, answers: answers))
        queue.submit(.test("fresh", deadline: now + .seconds(5), answers: answers))
        let held = await queue.take()
        queue.expire(at: now)
        #expect(answers.all == [.unavailable, .unavailable])
        held?[0].ticket.settle(.pong)
        #expect(answers.all.count == 2)
        #expect(queue.count == 1)
        #expect(await queue.take()?.map(\.delivery.deliveryID) == ["fresh"])
    }

    @Test func `what is known of repositories is forgotten in time, good news and bad`() {
        let repositories = ConnectedRepositories(lifetime: .seconds(5))
        let now = ContinuousClock.now
        let sync = UUID()
        repositories.remember([1: .one(sync), 2: .none], at: now)
        #expect(repositories.known([1, 2, 3], at: now + .seconds(4)) == [1: .one(sync), 2: .none])
        #expect(repositories.known([1, 2, 3], at: now + .seconds(5)).isEmpty)
    }

    @Test func `a flood of repositories does not grow the memory`() {
        let repositories = ConnectedRepositories(lifetime: .seconds(5), capacity: 10)
        let now = ContinuousClock.now
        for id in 1...1000 { repositories.remember([Int64(id): .none], at: now) }
        #expect(repositories.known(Set(1...1000), at: now).count <= 10)
    }

    @Test func `a flood of refusals is one line a second, with their number`() {
        let lines = Lines()
        let log = LimitedLog(Log { lines.append($0) })
        let now = ContinuousClock.now
        for _ in 1...500 { log(.warning, "refused", reason: "a", at: now) }
        log(.warning, "refused", reason: "b", at: now)
        #expect(lines.count == 2)
        log(.warning, "refused", reason: "a", at: now + .seconds(1))
        #expect(lines.count == 3)
        #expect(lines.last.contains("\"count\":500"))
    }
}

/// Answers in the order they were given.
final class Answers: Sendable {
    private let answers = Mutex<[Answer]>([])
    var all: [Answer] { answers.withLock { $0 } }
    func append(_ answer: Answer) { answers.withLock { $0.append(answer) } }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var count: Int { lines.withLock { $0.count } }
    var last: String { lines.withLock { $0.last ?? "" } }
    func append(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
}
