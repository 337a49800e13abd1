import Base
import Database
import Foundation
import Queue

extension BatchWorker {
    /// Records what became of an event that could not be synced.
    func recordFailure(of event: ClaimedEvent, token: UUID, _ error: any Error) async -> Ending {
        let reason = String(describing: error)
        if let error = error as? DatabaseError, [.unavailable, .conflict].contains(error.cause) {
            if error.cause == .unavailable { readiness?.obstructed(by: reason) }
            let ending = await delay(event, token: token, reason)
            return ending == .recorded && error.isOutage ? .delayed : ending
        }
        var generator = SystemRandomNumberGenerator()
        if let delay = retries.delay(afterRetries: event.retries, using: &generator) {
            let outcome = Outcome.retry(after: delay, reason: reason)
            return await record(outcome, of: event, token: token, "an event failed and will run again")
        }
        return await record(.failed(reason: reason), of: event, token: token, "an event failed for good")
    }

    /// Has an event that is not to blame run again later.
    func delay(_ event: ClaimedEvent, token: UUID, _ reason: String) async -> Ending {
        let outcome = Outcome.delayed(by: Self.delay(afterAge: event.age), reason: reason)
        return await record(outcome, of: event, token: token, orElse: .unavailable, "an event has to wait, at no cost")
    }

    /// A tenth of the event's age, from one to ten seconds: the longer a lock is held, the less often it is asked for.
    private static func delay(afterAge age: Duration) -> Duration {
        min(.seconds(10), max(.seconds(1), age / 10)) * Double.random(in: 0.5...1)
    }

    /// Writes an outcome under the token, and logs and counts it only then.
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
                try await retryingTransientErrors(of: Claim(token: token, events: [event]), for: .seconds(10)) { _ in
                    isOurs = try await connection.finish(event.id, outcome, token: token)
                }
                guard isOurs else {
                    logLost(event)
                    return .recorded
                }
                log(outcome.logLevel, message, event.logKeys.merging([.error: outcome.reason]) { $1 })
                metrics.syncs.add(SyncStatus(outcome))
                return .recorded
            } catch {
                metrics.count(error)
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
