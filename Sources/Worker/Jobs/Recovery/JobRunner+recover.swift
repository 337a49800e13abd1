import Foundation
import Queue

extension JobRunner {
    /// Works on a recovery; where GitHub shows us no hook, one that repeats asks again after an hour.
    func recover(_ job: Job, token: UUID) async throws -> Outcome {
        var position = job.position
        var recovery = DeliveryRecovery(job, client, connection)
        while true {
            try Task.checkCancellation()
            if try await connection.isBehind(by: Self.backlog) {
                // The lists have to be read again.
                return .delayed(by: .seconds(30), reason: "the workers have to catch up first")
            }
            let step: Step
            do {
                step = try await recovery.step(from: position)
            } catch let problem as JobProblem where job.repeats {
                return .delayed(by: .seconds(3_600), reason: problem.description)
            }
            let isCancelled = try await connection.store(step, of: job, token: token, lease: Self.lease)
            position = step.next
            if isCancelled { return .completed(.applied, result: #"{"ended":"cancelled"}"#) }
            guard step.isLast else { continue }
            return job.repeats
                ? .delayed(by: sweepPause, reason: "") : .completed(.applied, result: #"{"ended":"all read"}"#)
        }
    }
}
