import Database
import Inspect

/// Reads the figures of the analytics page for everybody: those of one address once a second, and never twice at once.
///
/// A month of many repositories takes a tenth of a second to add up.
actor AnalyticsSource {
    typealias Figures = [EventStatistics.Key: [EventStatistics]]

    private struct Reading {
        let task: Task<Figures, any Error>
        var endedAt: ContinuousClock.Instant?

        /// Whether it still runs, or ended a moment ago.
        var isNew: Bool { endedAt.map { .now - $0 < AnalyticsSource.pause } ?? true }
    }

    private let data: DashboardData
    /// By the query of the page.
    private var readings: [String: Reading] = [:]

    private static let pause: Duration = .milliseconds(900)
    /// Addresses whose figures are remembered.
    private static let capacity = 32

    init(_ data: DashboardData) { self.data = data }

    /// The newest figures; those who ask while they are read wait for the same ones.
    func figures(by keys: [EventStatistics.Key], of search: AnalyticsSearch) async throws -> Figures {
        let query = search.query.text
        if let reading = readings[query], reading.isNew { return try await reading.task.value }
        if readings.count >= Self.capacity { readings = readings.filter { $0.value.isNew } }
        let connection = data.connection
        let task = Task { try await connection.statistics(by: keys, search.filter) }
        if readings.count < Self.capacity { readings[query] = Reading(task: task) }
        let result = await task.result
        readings[query]?.endedAt = .now
        return try result.get()
    }
}
