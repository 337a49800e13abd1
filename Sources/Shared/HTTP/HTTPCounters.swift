import Synchronization

/// What one loop counts; its lock is contended only while somebody reads the statistics.
final class HTTPCounters: Sendable {
    private let statistics = Mutex(HTTPStatistics())

    var current: HTTPStatistics { statistics.withLock { $0 } }

    func update(_ body: (inout HTTPStatistics) -> Void) {
        statistics.withLock { body(&$0) }
    }
}
