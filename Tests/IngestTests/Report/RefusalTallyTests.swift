import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Ingest
@testable import Store

@Suite struct RefusalTallyTests {
    private let start = ContinuousClock.now

    private func text(_ json: JSONText) -> String { String(decoding: json.bytes, as: UTF8.self) }

    @Test func `refusals are counted by reason with the time of the last, and nothing else is`() {
        let tally = RefusalTally()
        for outcome in DeliveryOutcome.Status.allCases { tally.add(outcome, at: start) }
        tally.add(.unauthorized, at: start + .seconds(10))
        #expect(
            text(tally.refusals(at: start + .seconds(15))) == """
                {"invalid":{"count":1,"age":15.0},"not_connected":{"count":1,"age":15.0},\
                "too_large":{"count":1,"age":15.0},"unauthorized":{"count":2,"age":5.0},\
                "unavailable":{"count":1,"age":15.0}}
                """
        )
        #expect(text(RefusalTally().refusals()) == "{}")
    }

    @Test func `of many unknown repositories the twenty that came last are remembered`() {
        let tally = RefusalTally()
        for number in 0..<30 { tally.addUnknown("acme/r\(number)", at: start + .seconds(number)) }
        tally.addUnknown("acme/r10", at: start + .seconds(40))
        let found = text(tally.unknownRepositories(at: start + .seconds(40)))
        #expect(found.hasPrefix(#"[{"name":"acme/r10","count":2,"age":0.0},{"name":"acme/r29","count":1,"age":11.0}"#))
        #expect(found.ranges(of: #""name""#).count == 20)
        #expect(!found.contains(#""acme/r9""#))
    }

    @Test func `a heartbeat tells both, and the view shows them to whoever monitors`() async throws {
        try await TestDatabase.with { database in
            let tally = RefusalTally()
            tally.add(.unauthorized)
            tally.addUnknown("acme/unknown")
            let process = ProcessIdentity(id: "h-1-2", host: "h", processID: 1)
            let ingest = database.connection(as: .ingest)
            // The second one takes the place of the first.
            for _ in 1...2 {
                try await ingest.report(process, listen: "x", secretPrints: "a1b2", spool: nil, refusals: tally)
            }
            #expect(try await database.connection(as: .monitor).tallies() == ["1 acme/unknown"])
        }
    }
}

extension Connection {
    fileprivate func tallies() throws -> [String] {
        try run(
            """
            select concat_ws(' ', refusals #>> '{unauthorized,count}', unknown_repositories #>> '{0,name}') as words
            from github_sync.github_ingest_fleet
            """
        ).map { try $0.get("words") }
    }
}
