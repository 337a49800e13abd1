import Database
import Testing

struct StartPatienceTests {
    @Test func `only a login that is refused for good is given up, and only after a while`() {
        let start = ContinuousClock.now
        let patience = StartPatience(from: start, for: .seconds(60))
        func allows(_ kind: DatabaseError.Kind, after seconds: Int) -> Bool {
            patience.allows(DatabaseError(kind, message: "m", statement: "connect"), at: start + .seconds(seconds))
        }
        #expect(allows(.loginRefused(sqlState: "28P01"), after: 59))
        #expect(!allows(.loginRefused(sqlState: "28P01"), after: 60))
        #expect(allows(.connectionLost, after: 3600))
        #expect(allows(.rejected(sqlState: "57P03", constraint: nil), after: 3600))
    }
}
