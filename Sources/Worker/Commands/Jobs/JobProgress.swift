import Inspect
import Jobs

/// How far a job is, on one line of a terminal.
struct JobProgress: Sendable {
    let job: JobRecord
    /// Events that it may have brought and that no worker has done yet.
    let waiting: Int
    /// Objects that were read while somebody looked on, and for how long that was.
    let gained: Int
    let passed: Duration

    /// `issues: 24600 of 60000  [########············]  41 %, 240/s, 2m left`, and where GitHub told of no total
    /// `issues: 1200 read, 1180 new, 240/s, 35 events wait`.
    var line: String {
        let rate = passed >= .seconds(1) ? Double(gained) / (passed / .seconds(1)) : 0
        var words = [head]
        if job.status == "queued" {
            words.append(job.error.map { "waits (\($0))" } ?? "waits for a worker")
        } else if rate >= 1, !job.isFinished {
            words.append("\(Int(rate))/s")
            if let total, job.read < total {
                words.append("\(Age(seconds: Int((Double(total - job.read) / rate).rounded(.up))).text) left")
            }
        }
        // Until all is read the workers keep up, or the job waits for them.
        if waiting > 0, total == nil || job.isFinished { words.append("\(waiting) events wait") }
        return words.joined(separator: ", ")
    }

    private var total: Int? { job.total.flatMap { $0 > 0 ? $0 : nil } }

    private var head: String {
        let stage = job.isFinished ? job.status : job.list
        guard let total, let share = job.share else { return "\(stage): \(job.read) read, \(job.stored) new" }
        return "\(stage): \(job.read) of \(total)  [\(Progress.bar(share))]  \(Int(share * 100)) %"
    }
}
