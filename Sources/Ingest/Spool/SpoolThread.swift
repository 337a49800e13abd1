import Dispatch

/// Runs the spool's jobs on a dispatch queue, so that waiting for the disk never holds a thread of Swift's
/// cooperative pool, nor one that serves connections.
final class SpoolThread: SerialExecutor {
    private let queue = DispatchQueue(label: "spool")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
