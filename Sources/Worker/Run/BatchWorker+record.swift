import Base
import Database
import Foundation
import Queue

extension BatchWorker {
    /// Writes down what became of an event that could not be synced.
    func settle(_ event: ClaimedEvent, token: UUID, _ error: any Error) async -> Ending {
        let reason = String(describing: error)
        if let error = error as? DatabaseError, [.unavailable, .conflict].contains(error.cause) {
            let isAway = error.cause == .unavailable && !error.isLockTimeout
            if error.cause == .unavailable { readiness?.obstructed(by: reason) }
            let ending = await putOff(event, token: token, reason)
            return ending == .settled && isAway ? .putOff : ending
        }
        var generator = SystemRandomNumberGenerator()
        if let delay = retries.delay(afterRetries: event.retries, using: &generator) {
            let outcome = Outcome.retry(after: delay, reason: reason)
            return await record(outcome, of: event, token: token, "an event failed and will run again")
        }
        return await record(.failed(reason: reason), of: event, token: token, "an event failed for good")
    }

    /// Has an event that is not to blame run again later.
    func putOff(_ event: ClaimedEvent, token: UUID, _ reason: String) async -> Ending {
        let outcome = Outcome.delayed(by: Self.delay(afterAge: event.age), reason: reason)
        return await record(outcome, of: event, token: token, orElse: .away, "an event has to wait, at no cost")
    }

    /// The older an event is, the less often somebody's lock is asked for: a tenth of its age, from one to ten seconds.
    private static func delay(afterAge age: Duration) -> Duration {
        min(.seconds(10), max(.seconds(1), age / 10)) * Double.random(in: 0.5...1)
    }

    /// Writes an outcome under the token, and only then tells of it.
    private func record(
        _ outcome: Outcome,
        of event: ClaimedEvent,
        token: UUID,
        orElse failure: Ending = .unrecorded,
        _ message: StaticString
    ) async -> Ending {
        // Should PostgreSQL refuse the reason itself, the outcome still has to count.
        for outcome in [outcome, outcome.withoutDetails] {
            do {
                var isOurs = false
                try await persistently(Claim(token: token, events: [event]), for: .seconds(10)) { _ in
                    isOurs = try await connection.finish(event.id, outcome, token: token)
                }
                guard isOurs else {
                    tellLost(event)
                    return .settled
                }
                log(outcome.logLevel, message, event.logKeys.merging([.error: outcome.reason]) { $1 })
                metrics.syncs.add(SyncStatus(outcome))
                return .settled
            } catch {
                metrics.note(error)
                log(.error, "the outcome of an event could not be recorded", error: error, event.logKeys)
                if (error as? DatabaseError)?.cause == .unavailable { break }
            }
        }
        if failure == .unrecorded { log(.error, "the lease of an event is left to run out", event.logKeys) }
        return failure
    }
}

extension Outcome {
    fileprivate var reason: String {
        switch self {
        case .completed: ""
        case .retry(_, let reason), .delayed(_, let reason), .failed(let reason): reason
        }
    }

    /// The same without what an error said, which may be what PostgreSQL refuses.
    fileprivate var withoutDetails: Outcome {
        let reason = "the reason could not be stored; the worker's log has it"
        return switch self {
        case .completed: self
        case .retry(let delay, _): .retry(after: delay, reason: reason)
        case .delayed(let delay, _): .delayed(by: delay, reason: reason)
        case .failed: .failed(reason: reason)
        }
    }

    fileprivate var logLevel: Log.Level { if case .failed = self { .error } else { .warning } }
}
