import Foundation
import TestSupport
import Testing

@testable import Database
@testable import Sync
@testable import Worker

/// Each action of GitHub's, with what it changes of what Plane shows.
@Suite struct ActionTests {
    private static let cases =
        ActionCase.issues + ActionCase.closings + ActionCase.comments + ActionCase.pulls + ActionCase.labels
        + ActionCase.repositories + ActionCase.milestones + ActionCase.subIssues

    @Test(arguments: cases)
    func `an action changes what it is about and nothing else, and seen once more nothing at all`(
        action: ActionCase
    ) async throws {
        try await SyncBench.with { bench in
            if let settings = action.settings { try await bench.configure(settings) }
            for delivery in action.before { try await bench.deliver(delivery.payload, delivery.event) }
            try await bench.drain(batch: 1)
            let before = try await bench.facts()

            let id = try await bench.deliver(action.delivery.payload, action.event)
            try await bench.drain()
            let after = try await bench.facts()
            #expect(after.difference(from: before) == action.difference)
            let event = try await bench.event(id)
            #expect(event.status == .completed, "\(event.error ?? "")")
            #expect(event.result?.contains(action.result) == true, "\(event.result ?? "")")

            let again = try await bench.deliver(action.delivery.payload, action.event)
            try await bench.drain()
            #expect(try await bench.facts().difference(from: after) == [])
            #expect(try await bench.event(again).status == .completed)
        }
    }

    @Test func `every action that is stored has a case`() {
        let tested = Dictionary(grouping: Self.cases, by: \.event).mapValues { Set($0.map(\.action)) }
        #expect(tested == RoutingTable.effects.mapValues { Set($0.keys) })
    }
}
