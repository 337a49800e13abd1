import Dispatch

/// Runs an actor on a dispatch queue of its own, so that its blocking calls hold no thread of the concurrency runtime.
final class QueueExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "test-client")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
