import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Outbound

@Suite struct OutboundReadingTests {
    private static let rocket = SampleRepository.rocket

    @Test func `what goes to GitHub is counted over all connections`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let nothing = try await connection.run(OutboundTotals.read)
            #expect(nothing.connections == 0 && nothing.waiting == 0 && nothing.oldestSeconds == nil)

            let rocket = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
            let shuttle = SampleRepository.shuttle
            let other = try await connection.connectRepository(shuttle.id, shuttle.fullName, to: .second)
            try await connection.askForOutbound(in: rocket)
            #expect(try await connection.run(OutboundTotals.read).connections == 1)
            try await connection.insert(
                [
                    SampleOutbound(.waiting, age: 100), SampleOutbound(.waiting, age: 50),
                    SampleOutbound(.sending, age: 200), SampleOutbound(.sent, age: 900),
                ],
                in: rocket
            )
            // Nobody asks there any more.
            try await connection.insert(
                [
                    SampleOutbound(.waiting, age: 10), SampleOutbound(.parked, age: 900),
                    SampleOutbound(.parked, age: 900), SampleOutbound(.wantsApproval, age: 900),
                ],
                in: other
            )
            try await connection.logOutbound(in: rocket, ages: [10, 3_000, 4_000])
            let totals = try await connection.run(OutboundTotals.read)
            #expect(totals.connections == 2)
            #expect(totals.waiting == 3 && totals.sending == 1)
            #expect(totals.parked == 2 && totals.wantsApproval == 1)
            #expect(totals.sentLastHour == 2)
            let age = try #require(totals.oldestSeconds)
            #expect((200..<300).contains(age), "\(age)")
        }
    }

    @Test func `writes are counted for each whose they were`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.execute(
                """
                insert into github_sync.github_principals (principal, recent_writes)
                values ('user:1', array[now() - interval '2 hours', now() - interval '50 minutes', now()]),
                    ('app:1', '{}'), ('user:2', array[now() - interval '2 hours'])
                """
            )
            let writers = try await connection.run(WriteBudget.read).sorted { $0.principal < $1.principal }
            #expect(writers.map(\.principal) == ["user:1", "user:2"])
            #expect(writers.map(\.lastMinute) == [1, 0] && writers.map(\.lastHour) == [2, 0])
        }
    }

    @Test func `looks are missed only while somebody wants them, and not before their time`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            let rocket = try await connection.connectRepository(Self.rocket.id, Self.rocket.fullName)
            func looks() async throws -> OutboundLooks { try await connection.run(OutboundLooks.read) }

            try await connection.noteLook(age: 86_400)
            #expect(try await looks().connections == 0)
            #expect(try await looks().ageSeconds == nil)
            #expect(try await !looks().areOverdue)

            try await connection.askForOutbound(in: rocket, issues: "off", age: 500)
            #expect(try await looks().connections == 0)
            // The last look is a day old, and somebody has asked only now.
            try await connection.askForOutbound(in: rocket, age: 10)
            #expect(try await !looks().areOverdue)
            try await connection.askForOutbound(in: rocket, age: 500)
            #expect(try await looks().areOverdue)

            try await connection.noteLook(age: 50)
            let fresh = try await looks()
            #expect(fresh.connections == 1 && fresh.durationSeconds == 0.5 && !fresh.areOverdue)
            #expect((50..<150).contains(fresh.ageSeconds ?? 0))
            try await connection.noteLook(age: 300)
            #expect(try await looks().areOverdue)
            // A look that took long is followed by a long pause.
            try await connection.noteLook(age: 300, duration: 20)
            #expect(try await !looks().areOverdue)

            try await connection.noteLook(age: 300)
            try await connection.disconnect(rocket)
            #expect(try await looks().connections == 0)
            #expect(try await !looks().areOverdue)
        }
    }
}
