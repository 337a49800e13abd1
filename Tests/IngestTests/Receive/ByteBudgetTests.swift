import Synchronization
import Testing

@testable import HTTP
@testable import Ingest

/// Who gets room for a body, and who has to make it.
@Suite struct ByteBudgetTests {
    /// Bodies of a made-up world in which the largest has 100 bytes.
    private final class World: Sendable {
        let budget: ByteBudget
        private let ended = Mutex<[String]>([])

        init(limit: Int) { budget = ByteBudget(limit: limit, largestBody: 100, smallBody: 20) }

        /// The bodies that had to make room, in the order in which they did.
        var ends: [String] { ended.withLock { $0 } }

        func body(_ name: String, of sender: String) throws -> ByteReservation {
            ByteReservation(budget, sender: try #require(IPAddress(sender))) { [self] in
                ended.withLock { $0.append(name) }
            }
        }
    }

    @Test func `bytes are given back with the last holder, verified or not`() throws {
        let world = World(limit: 200)
        do {
            let (first, second) = (try world.body("1", of: "192.0.2.1"), try world.body("2", of: "192.0.2.2"))
            #expect(first.grow(by: 60))
            #expect(second.grow(by: 40))
            #expect(first.verify())
            #expect(world.budget.bytesInFlight == 100)
            #expect(!first.grow(by: 1))
        }
        #expect(world.budget.bytesInFlight == 0)
        #expect(world.ends.isEmpty)
    }

    @Test func `bodies on their way leave the room of verified ones alone`() throws {
        let world = World(limit: 100)
        let crowd = try (1...40).map { try world.body("\($0)", of: "192.0.2.\($0)") }
        for body in crowd { _ = body.grow(by: 20) }
        #expect(world.budget.bytesInFlight <= 100)
        var verified: [ByteReservation] = []
        for number in 1...10 {
            let body = try world.body("good \(number)", of: "198.51.100.1")
            #expect(body.grow(by: 10))
            #expect(body.verify())
            verified.append(body)
        }
        let late = try world.body("late", of: "198.51.100.1")
        #expect(late.grow(by: 10))
        #expect(!late.verify(), "the verified have no room for more")
        #expect(!world.ends.contains { $0.hasPrefix("good") })
        withExtendedLifetime((crowd, verified)) {}
    }

    @Test func `a small body takes the room of the largest body of whoever holds most`() throws {
        let world = World(limit: 100)
        let most = try (1...3).map { try world.body("most \($0)", of: "192.0.2.1") }
        for (body, bytes) in zip(most, [20, 25, 15]) { #expect(body.grow(by: bytes)) }
        let large = try world.body("large", of: "192.0.2.2")
        #expect(large.grow(by: 40))
        let small = try world.body("small", of: "198.51.100.1")
        #expect(small.grow(by: 20))
        #expect(world.ends == ["most 2"])
        #expect(!most[1].grow(by: 1), "who had to make room is over")
        #expect(!most[1].verify())
        #expect(world.budget.bytesInFlight == 95)
        #expect(small.grow(by: 5), "there is room without taking it from anybody")
    }

    @Test func `a large body that finds no room is refused and disturbs nobody`() throws {
        let world = World(limit: 100)
        let first = try world.body("first", of: "192.0.2.1")
        #expect(first.grow(by: 90))
        let second = try world.body("second", of: "192.0.2.2")
        #expect(!second.grow(by: 21))
        #expect(world.ends.isEmpty)
        #expect(first.verify())
    }

    @Test func `behind one address the larger body yields to the smaller, not the other way round`() throws {
        let world = World(limit: 100)
        let bodies = try (1...10).map { try world.body("\($0)", of: "192.0.2.1") }
        for body in bodies { #expect(body.grow(by: 10)) }
        let equal = try world.body("equal", of: "192.0.2.1")
        #expect(!equal.grow(by: 10))
        let smaller = try world.body("smaller", of: "192.0.2.1")
        #expect(smaller.grow(by: 9))
        #expect(world.ends.count == 1)
    }

    @Test func `one sender gets no more than a part, and none of another's room for more`() throws {
        let world = World(limit: 1000)
        let greedy = try (1...100).map { try world.body("\($0)", of: "192.0.2.1") }
        for body in greedy { _ = body.grow(by: 20) }
        #expect(world.budget.bytesInFlight == 250 - 250 % 20)
        let other = try world.body("other", of: "192.0.2.2")
        #expect(other.grow(by: 100))
        #expect(world.ends.isEmpty)
    }
}
