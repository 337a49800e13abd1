import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Deliveries
@testable import GitHub
@testable import Ingest
@testable import Store

@Suite struct NodeTallyTests {
    private let start = ContinuousClock.now

    private func text(_ json: JSONText) -> String { String(decoding: json.bytes, as: UTF8.self) }

    @Test func `refusals are counted by reason with the time of the last, and nothing else is`() {
        let tally = NodeTally()
        for outcome in DeliveryOutcome.Status.allCases { tally.add(outcome, by: .gitHub(), at: start) }
        for seconds in [0, 10] { tally.add(.mismatch, by: .gitHub(), at: start + .seconds(seconds)) }
        tally.add(.missing, by: .plane, at: start)
        tally.add(DeliveryOutcome.Status.invalid, by: .plane, at: start)
        #expect(
            text(tally.refusals(at: start + .seconds(15))) == """
                {"invalid":{"count":1,"age":15.0},"not_connected":{"count":1,"age":15.0},\
                "signature_mismatch":{"count":2,"age":5.0},"too_large":{"count":1,"age":15.0},\
                "unavailable":{"count":1,"age":15.0},"wake_invalid":{"count":1,"age":15.0},\
                "wake_signature_missing":{"count":1,"age":15.0}}
                """
        )
        #expect(text(NodeTally().refusals()) == "{}")
    }

    @Test func `of many unknown repositories the twenty that came last are remembered`() {
        let tally = NodeTally()
        for number in 0..<30 { tally.addUnknown(Int64(number), "acme/r\(number)", at: start + .seconds(number)) }
        tally.addUnknown(10, "acme/r10", at: start + .seconds(40))
        let found = text(tally.unknownRepositories(at: start + .seconds(40)))
        #expect(found.hasPrefix(#"[{"name":"acme/r10","count":2,"age":0.0},{"name":"acme/r29","count":1,"age":11.0}"#))
        #expect(found.ranges(of: #""name""#).count == 20)
        #expect(!found.contains(#""acme/r9""#))
        #expect(tally.repositories.count == 20)
    }

    @Test func `one that is followed by now is forgotten, and its pings say so`() {
        let tally = NodeTally()
        for id in 1...2 { tally.addUnknown(Int64(id), "acme/r\(id)", at: start) }
        tally.addPing(Ping(repository: GitHubRepository(id: 2, fullName: "acme/r2")), at: start)
        tally.addPing(Ping(repository: nil, organization: "acme"), at: start + .seconds(1))
        // Of an App's nobody could be named.
        tally.addPing(Ping(repository: nil), at: start)
        #expect(tally.repositories == [1, 2])
        tally.forgetUnknown([1: .unconnected, 2: .several])
        #expect(text(tally.unknownRepositories(at: start)) == #"[{"name":"acme/r1","count":1,"age":0.0}]"#)
        #expect(
            text(tally.pings([2: .several], at: start + .seconds(1))) == """
                [{"name":"acme","count":1,"age":0.0,"followed":null},\
                {"name":"acme/r2","count":1,"age":1.0,"followed":true}]
                """
        )
        #expect(text(tally.pings([2: .unconnected], at: start)).contains(#""followed":false"#))
    }

    @Test func `a heartbeat tells all of it, and the view shows it to whoever monitors`() async throws {
        try await TestDatabase.with { database in
            let tally = NodeTally()
            tally.add(.mismatch, by: .gitHub())
            tally.addUnknown(7, "acme/unknown")
            tally.addPing(Ping(repository: GitHubRepository(id: 8, fullName: "acme/new")))
            let process = ProcessIdentity(id: "h-1-2", host: "h", processID: 1)
            let ingest = database.connection(as: .ingest)
            // The second one takes the place of the first.
            for _ in 1...2 {
                try await ingest.report(process, listen: "x", secretPrints: "a1b2", spool: nil, tally: tally)
            }
            #expect(try await database.connection(as: .monitor).tallies() == ["1 acme/unknown acme/new false"])
        }
    }
}

extension Connection {
    fileprivate func tallies() throws -> [String] {
        try run(
            """
            select concat_ws(
                ' ', refusals #>> '{signature_mismatch,count}', unknown_repositories #>> '{0,name}',
                pings #>> '{0,name}', pings #>> '{0,followed}'
            ) as words
            from github_sync.github_ingest_fleet
            """
        ).map { try $0.get("words") }
    }
}
