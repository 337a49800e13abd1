import Base
import Database
import Synchronization

/// How many calls all workers together may make, kept in PostgreSQL.
///
/// Without the database no call is made: others may just have been told to stop.
final class FleetBudget: Sendable {
    let connection: Connection
    private let now: @Sendable () -> Timestamp
    /// What could not be written down when it was known; it goes before the next reservation.
    private let unsettled = Mutex<[Settlement]>([])

    /// How long a call may wait here for its turn; who would have to wait longer comes again.
    private static let patience: Duration = .seconds(5)
    /// How much longer than its call a slot is held, for writing down what became of it.
    private static let slack: Duration = .seconds(5)

    /// `connection` is for this alone: what else runs on it would hold up the calls.
    init(_ connection: Connection, now: @escaping @Sendable () -> Timestamp) {
        self.connection = connection
        self.now = now
    }

    /// Waits until a call may be made.
    /// - Throws: `rateLimited` if that is not soon.
    func reserve(_ call: PlannedCall, until deadline: ContinuousClock.Instant) async throws(GitHubError) {
        let end = min(deadline, .now + Self.patience)
        while let refusal = try await refusal(of: call, lease: deadline - .now + Self.slack) {
            guard .now + refusal.wait < end else { throw .rateLimited(until: refusal.until, refusal.kind) }
            do { try await Task.sleep(for: refusal.wait) } catch { throw .cancelled }
        }
    }

    private func refusal(of call: PlannedCall, lease: Duration) async throws(GitHubError) -> CallRefusal? {
        do {
            try await settleRest()
            return try await connection.reserve(call, lease: lease)
        } catch {
            throw GitHubError(error)
        }
    }

    /// Writes down what became of a call.
    /// - Returns: the time before which GitHub wants no other call; nil also if it could not be written down.
    func settle(_ call: PlannedCall, _ answer: HTTPAnswer?) async -> GitHubError? {
        let settlement = Settlement(call, answer, now: now())
        do {
            guard let until = try await connection.settle(settlement), case .refused(let refusal) = settlement.outcome
            else { return nil }
            return .rateLimited(until: until, refusal.kind)
        } catch {
            // The answer counts: a write was made, whatever the database says. And one settlement for each slot will do.
            unsettled.withLock { $0 = $0.suffix(100) + [settlement] }
            return nil
        }
    }

    private func settleRest() async throws {
        let rest = unsettled.withLock { unsettled in
            defer { unsettled = [] }
            return unsettled
        }
        for (index, settlement) in rest.enumerated() {
            do {
                _ = try await connection.settle(settlement)
            } catch {
                unsettled.withLock { $0 = rest[index...] + $0 }
                throw error
            }
        }
    }
}
