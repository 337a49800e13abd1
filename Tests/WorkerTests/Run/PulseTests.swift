import Testing

@testable import Run
@testable import Worker

@Suite struct PulseTests {
    private let start = ContinuousClock.now

    @Test func `a process is alive until one of its loops is overdue, and again when that loop is back`() {
        let pulse = Pulse()
        #expect(pulse.isAlive(at: start))
        pulse.beat(.work, within: .seconds(10), at: start)
        pulse.beat(.upkeep, within: .seconds(60), at: start)
        #expect(pulse.isAlive(at: start + .seconds(10)))
        #expect(!pulse.isAlive(at: start + .seconds(11)))
        // The other loop's signs do not stand in for it.
        pulse.beat(.upkeep, within: .seconds(60), at: start + .seconds(11))
        #expect(!pulse.isAlive(at: start + .seconds(12)))
        pulse.beat(.work, within: .seconds(10), at: start + .seconds(12))
        #expect(pulse.isAlive(at: start + .seconds(20)))
    }
}
