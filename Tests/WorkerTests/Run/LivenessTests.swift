import Testing

@testable import Run
@testable import Worker

@Suite struct LivenessTests {
    private let start = ContinuousClock.now

    @Test func `a process is alive until one of its loops is overdue, and again when that loop is back`() {
        let liveness = Liveness()
        #expect(liveness.isAlive(at: start))
        liveness.extend(.claims, by: .seconds(10), at: start)
        liveness.extend(.maintenance, by: .seconds(60), at: start)
        #expect(liveness.isAlive(at: start + .seconds(10)))
        #expect(!liveness.isAlive(at: start + .seconds(11)))
        // That the other loop is on time does not help.
        liveness.extend(.maintenance, by: .seconds(60), at: start + .seconds(11))
        #expect(!liveness.isAlive(at: start + .seconds(12)))
        liveness.extend(.claims, by: .seconds(10), at: start + .seconds(12))
        #expect(liveness.isAlive(at: start + .seconds(20)))
    }
}
