import Testing

@testable import Run
@testable import Worker

@Suite struct WorkerReadinessTests {
    private let start = ContinuousClock.now
    private let readiness = WorkerReadiness(lease: .seconds(60))

    @Test func `a process that has not reached the database is not ready`() {
        #expect(readiness.problem(at: start) == "The database has not been checked yet.")
    }

    @Test func `a success counts for as long as a lease`() {
        readiness.succeeded(at: start)
        #expect(readiness.problem(at: start + .seconds(59.9)) == nil)
        let late = readiness.problem(at: start + .seconds(60))
        #expect(late == "No claim or renewal has succeeded for as long as a lease lasts (60.0 s).")
        readiness.succeeded(at: start + .seconds(61))
        #expect(readiness.problem(at: start + .seconds(62)) == nil)
    }

    @Test func `what keeps all events waiting shows once it has for as long as a lease`() {
        readiness.succeeded(at: start + .seconds(100))
        readiness.obstructed(by: "a lock", at: start)
        readiness.obstructed(by: "another lock", at: start + .seconds(59))
        #expect(readiness.problem(at: start + .seconds(59)) == nil)
        let late = readiness.problem(at: start + .seconds(60))
        #expect(late == "No event could be synced for as long as a lease lasts (60.0 s): another lock")
        readiness.synced()
        #expect(readiness.problem(at: start + .seconds(60)) == nil)
    }

    @Test func `an obstacle that no event met for as long as a lease is forgotten`() {
        readiness.succeeded(at: start + .seconds(100))
        readiness.obstructed(by: "a lock", at: start)
        #expect(readiness.problem(at: start + .seconds(61)) == nil)
    }
}
