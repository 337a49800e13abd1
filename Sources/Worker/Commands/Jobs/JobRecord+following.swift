import Base
import Database
import Foundation

extension JobRecord {
    /// Shows how far the job is until it is finished, and the workers have done what it brought.
    /// - Returns: the job as it is then.
    func followed(on connection: Connection, _ output: Output) async throws -> JobRecord {
        defer { output.progress("") }
        return try await Signals.cancelling {
            let start = ContinuousClock.now
            var job = self
            var said = ""
            while !Task.isCancelled {
                guard let current = try await connection.job(job.id) else {
                    throw CommandFailure("the job was deleted")
                }
                job = current
                let waiting = try await connection.waitingReadings(of: job.repository)
                if job.isFinished, waiting == 0 || job.status == "failed" { break }
                if output.isErrorTerminal {
                    output.progress(job.line(waiting: waiting, after: ContinuousClock.now - start))
                } else if let error = job.error, error != said {
                    said = error
                    output.note("\(job.list): \(error)")
                }
                try? await Task.sleep(for: .milliseconds(500))
            }
            return job
        }
    }

    /// `issues: 1200 read, 1180 new, 240/s, 35 wait for a worker`.
    private func line(waiting: Int, after passed: Duration) -> String {
        let rate = passed >= .seconds(1) ? Int(Double(read) / (passed / .seconds(1))) : 0
        let state = status == "queued" ? error.map { "waits (\($0))" } ?? "waits for a worker" : list
        return "\(state): \(read) read, \(stored) new"
            + (rate > 0 ? ", \(rate)/s" : "") + (waiting > 0 ? ", \(waiting) wait for a worker" : "")
    }
}
