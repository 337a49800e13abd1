import Dispatch

/// Runs the jobs of one actor on a dispatch queue of its own.
///
/// For actors that block, on libpq or on the disk: Swift's cooperative pool has one thread per core, and none of them
/// may wait.
package final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    package init(label: String) {
        queue = DispatchQueue(label: label)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
