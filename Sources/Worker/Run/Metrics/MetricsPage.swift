import Base
import HTTP

/// Answers a scrape once the figures of the queue are there, or without them when they do not come in time.
///
/// The page is made at most once a second, however many ask for it: the time belongs to the events.
final class MetricsPage: HTTPBodySink, Sendable {
    private let queue: QueueGauges
    private let metrics: WorkerMetrics
    private let cache: MetricsPageCache

    init(queue: QueueGauges, metrics: WorkerMetrics, cache: MetricsPageCache) {
        self.queue = queue
        self.metrics = metrics
        self.cache = cache
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> HTTPResponse? { nil }

    func finish(_ reply: HTTPReply) {
        // Whichever answers first; the reply ignores the other.
        let withoutQueue = Task {
            do {
                try await Task.sleep(for: .seconds(1.5))
                answer(reply)
            } catch {
                // The figures came.
            }
        }
        Task {
            await queue.refresh()
            withoutQueue.cancel()
            answer(reply)
        }
    }

    func abandon() {}

    private func answer(_ reply: HTTPReply) {
        reply.send(.text(200, cache.text { metrics.page }, type: MetricsRegistry.contentType))
    }
}
