import Testing

@testable import HTTP
@testable import Ingest
@testable import Spool
@testable import Store

@Suite struct ReadinessTests {
    @Test func `a node is ready while database or spool take deliveries`() throws {
        let contents = SpoolContents()
        let database = DatabaseHealth()
        let readiness = Readiness(database: database, spool: contents)
        #expect(readiness.problem == nil)
        database.failed()
        #expect(readiness.problem == nil)
        contents.update { $0.refusal = .full }
        let problem = try #require(readiness.problem)
        #expect(Answer.readiness(problem: problem).response.status == 503)
        database.succeeded()
        #expect(readiness.problem == nil)
        #expect(Answer.readiness(problem: nil).response.status == 200)
    }
}
