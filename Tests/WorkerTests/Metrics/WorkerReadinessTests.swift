import Testing

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
}
