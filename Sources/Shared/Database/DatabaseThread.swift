import Dispatch

/// Runs one actor's jobs on a dispatch queue, so that blocking libpq calls never hold a thread of Swift's
/// cooperative pool.
final class DatabaseThread: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
