import Database
import Foundation
import TestSupport
import Testing

/// The view of what goes from Plane to GitHub, on rows that are known.
@Suite struct OutboundViewTests {
    private static let columns = """
        repository_name, issues, comments, waiting, sending, parked, wants_approval, floor(oldest_seconds / 100),
        oldest is null, sent_last_hour, sent_last_day, floor(extract(epoch from now() - looked_at) / 100)
        """

    @Test func `each connection shows what waits, what is held up and what went out`() async throws {
        try await MonitoringViews.with { views in
            let database = views.connection
            #expect(try await views.rows(Self.columns, from: "github_outbound_status") == [])
            let rocket = try await database.connectRepository(1, "acme/rocket")
            let shuttle = try await database.connectRepository(2, "acme/shuttle", to: .second)
            let quiet = try await database.connectRepository(3, "acme/quiet")
            try await database.askForOutbound(in: rocket, issues: "all", comments: "external")
            try await database.askForOutbound(in: quiet, issues: "off", comments: "all")
            try await views.add(
                set: "repository_sync_id = '\(rocket.syncID)', repository_id = 1, repository_name = 'acme/rocket'"
            )
            #expect(
                try await views.rows(Self.columns, from: "github_outbound_status")
                    == ["acme/rocket all external 0 0 0 0 0 t 0 0"]
            )

            try await database.insert(
                [
                    SampleOutbound(.waiting, age: 150), SampleOutbound(.waiting, age: 10),
                    SampleOutbound(.sending, age: 250), SampleOutbound(.sent, age: 900),
                ],
                in: rocket
            )
            try await database.insert([SampleOutbound(.parked, age: 500), SampleOutbound(.sent)], in: shuttle)
            try await database.insert(
                (1...3).map { _ in SampleOutbound(.wantsApproval, age: 500) },
                in: shuttle
            )
            // Everything is done there, and nobody asks for more.
            try await database.insert([SampleOutbound(.sent)], in: quiet)
            try await database.logOutbound(in: rocket, ages: [5, 3_000, 4_000, 80_000, 90_000])
            try await database.noteLook(age: 320)
            #expect(
                try await views.rows(Self.columns, from: "github_outbound_status")
                    == ["acme/rocket all external 2 1 0 0 2 f 2 4 3", "off off 0 0 1 3 0 t 0 0 3"]
            )
        }
    }
}
