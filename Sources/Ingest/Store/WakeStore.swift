import Base
import Database
import Foundation
import Synchronization

/// An object in Plane that has changed, as Plane's webhook says: a reason to look at it, never the truth about it.
package struct Wake: Sendable, Hashable {
    package enum Kind: String, Sendable, SQLValue { case issue, comment }

    package let kind: Kind
    /// Plane's key of the object.
    package let planeID: UUID

    package init(_ kind: Kind, _ planeID: UUID) {
        self.kind = kind
        self.planeID = planeID
    }
}

/// Stores wake-ups: all that wait in one statement, each answered after the commit.
///
/// They wait in memory only, and never longer than a delivery. One that is lost costs seconds, because the worker's next
/// look finds the change in any case.
package final class WakeStore: Sendable {
    private struct Waiting {
        let wake: Wake
        let deadline: ContinuousClock.Instant
        let report: @Sendable (DeliveryOutcome) -> Void
    }

    private struct State {
        /// By their order; one for each open request, so their number is bounded as that is.
        var waiting: [UInt64: Waiting] = [:]
        var last: UInt64 = 0
        var isClosed = false
    }

    /// As many as may lie in the database before no more are stored.
    package static let capacity = 10_000

    private let state = Mutex(State())
    private let requests: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (requests, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Has a wake-up stored; `report` is called once, from any thread.
    package func submit(
        _ wake: Wake,
        deadline: ContinuousClock.Instant,
        report: @escaping @Sendable (DeliveryOutcome) -> Void
    ) {
        let isOpen = state.withLock { state in
            guard !state.isClosed else { return false }
            state.last += 1
            state.waiting[state.last] = Waiting(wake: wake, deadline: deadline, report: report)
            return true
        }
        if isOpen { continuation.yield() } else { report(.unavailable) }
    }

    /// Tells those whose deadline has passed that they could not be stored.
    package func expire(at now: ContinuousClock.Instant) {
        settle(.unavailable) { _, waiting in waiting.deadline <= now }
    }

    /// Tells all that have no outcome yet, and all that still come, that nothing is going to store them.
    package func close() {
        state.withLock { $0.isClosed = true }
        settle(.unavailable) { _, _ in true }
    }

    /// Stores what is submitted until the task is cancelled.
    package func run(_ connection: Connection, log: Log) async {
        let limitedLog = LimitedLog(log, pause: .seconds(10))
        var backoff = Backoff(from: .milliseconds(25), to: .seconds(1))
        for await _ in requests {
            while !Task.isCancelled {
                let (wakes, last) = state.withLock { (Set($0.waiting.values.map(\.wake)), $0.last) }
                guard !wakes.isEmpty else { break }
                do {
                    let isStored = try await connection.store(wakes)
                    if !isStored {
                        limitedLog(.warning, "wake-ups are dropped, because no worker takes them", reason: "full")
                    }
                    // What was submitted meanwhile has to be stored again: a worker may have taken the row by now.
                    settle(isStored ? .noted : .crowded) { number, _ in number <= last }
                    backoff.reset()
                } catch {
                    let cause = DatabaseError.Cause(error)
                    limitedLog(.warning, "wake-ups not stored yet", reason: cause.rawValue, [.error: "\(error)"])
                    try? await Task.sleep(for: backoff.next())
                }
            }
        }
    }

    private func settle(_ outcome: DeliveryOutcome, where isMeant: (UInt64, Waiting) -> Bool) {
        let settled = state.withLock { state in
            let settled = state.waiting.filter(isMeant)
            for number in settled.keys { state.waiting[number] = nil }
            return settled.values
        }
        for waiting in settled { waiting.report(outcome) }
    }
}

extension DeliveryOutcome {
    fileprivate static let crowded = ignored(event: nil, reason: "too many wake-ups wait for a worker")
}

extension Connection {
    /// Stores wake-ups and commits.
    ///
    /// - Returns: false when so many wait already that none was stored.
    fileprivate func store(_ wakes: Set<Wake>) throws -> Bool {
        // Two nodes with the same wake-ups would deadlock if each went in its own order.
        let wakes = wakes.sorted { ($0.kind.rawValue, $0.planeID) < ($1.kind.rawValue, $1.planeID) }
        let rows = try run(
            """
            insert into github_sync.github_outbound_wakes (kind, plane_id)
            select * from unnest(\(wakes.map(\.kind)), \(wakes.map(\.planeID)))
            where not exists (select from github_sync.github_outbound_wakes offset \(WakeStore.capacity - 1))
            on conflict (kind, plane_id) do update set received_at = now()
            returning 1 as stored
            """,
            within: .seconds(2)
        )
        return !rows.isEmpty
    }
}
