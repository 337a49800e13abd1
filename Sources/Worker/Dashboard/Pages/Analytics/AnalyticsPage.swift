import Base
import Database
import Foundation
import HTTP
import Inspect
import JSON

/// `/analytics` says what was received and finished, by time, repository and type, and outlives the events themselves.
enum AnalyticsPage {
    /// The most rows of a table on the page; the file has all of them.
    private static let mostRows = 100

    static func make(_ request: PageRequest) async throws -> Page {
        let search = try await AnalyticsSearch(request)
        let step = search.range.step
        let found = try await request.analytics.figures(by: [step, .type, .repository], of: search)
        let (times, types, repositories) = (found[step] ?? [], found[.type] ?? [], found[.repository] ?? [])
        let view = AnalyticsView(
            request: request,
            search: search,
            times: times,
            types: types,
            repositories: repositories
        )
        return Page(
            "Analytics",
            in: .analytics,
            json: .object([
                "range": .optional(search.range.preset?.rawValue), "from": .string(search.range.since.description),
                "to": .string(search.range.until.description), "by": .string(search.range.step.rawValue),
                "by_time": .array(times.map(\.json)),
                "by_repository": .array(
                    repositories.map { row in
                        guard case .members(let members) = row.json else { return row.json }
                        return .members([("repository", .optional(search.names[row.key]))] + members)
                    }
                ),
                "by_type": .array(types.map(\.json)),
            ]),
            view.html
        )
    }

    /// `/analytics.csv`: the same as a file, counted by `by`: time, repository or type.
    static func file(_ request: PageRequest) async throws -> HTTPResponse {
        let search = try await AnalyticsSearch(request)
        let by = try request.field("by") ?? "time"
        let keys: [String: EventStatistics.Key] = ["time": search.range.step, "repository": .repository, "type": .type]
        guard let key = keys[by] else {
            throw PageProblem(400, "Not understood", "The field by is '\(by)', expected time, repository or type.")
        }
        let rows = try await request.data.connection.statistics(by: key, search.filter)
        var csv = CSV([
            by, "received", "completed", "applied", "superseded", "ignored", "failed", "success_rate", "p50", "p95",
            "p99",
        ])
        for row in rows {
            csv.add([
                .text(key == .repository ? search.names[row.key] ?? row.key : row.key), .number(row.received),
                .number(row.completed), .number(row.applied), .number(row.superseded), .number(row.ignored),
                .number(row.failed), .decimal(row.successRate), .decimal(row.p50), .decimal(row.p95), .decimal(row.p99),
            ])
        }
        let days = [search.range.since, search.range.until].map { $0.description.prefix(10) }
        return csv.response(named: "events-by-\(by)-\(days[0])-\(days[1]).csv")
    }

    /// As many rows as a page has room for, the largest first.
    static func largest(_ rows: [EventStatistics]) -> [EventStatistics] {
        Array(rows.sorted { ($1.finished, $0.key) < ($0.finished, $1.key) }.prefix(mostRows))
    }
}

/// What is counted, as the address says it.
struct AnalyticsSearch: Sendable {
    let range: AnalyticsRange
    let repository: String?
    let filter: StatisticsFilter
    /// `owner/name` by GitHub's numbers, as the keys of statistics are; empty where this program may not read names.
    let names: [String: String]

    /// - Throws: which field cannot be understood.
    init(_ request: PageRequest) async throws {
        range = try AnalyticsRange({ name throws(PageProblem) in try request.field(name) }, now: request.now)
        repository = try request.field("repository")
        var filter = range.filter
        if let type = try request.field("type") {
            guard let type = EventType(rawValue: type) else {
                let words = EventType.allCases.map(\.rawValue).joined(separator: ", ")
                throw PageProblem(400, "Not understood", "The field type is '\(type)', expected \(words).")
            }
            filter.type = type
        }
        let connection = request.data.connection
        let known = try await PageRequest.permitted { try await connection.repositoryNames() } ?? [:]
        if let repository {
            guard let id = known.first(where: { $0.value.lowercased() == repository.lowercased() })?.key else {
                throw PageProblem(404, "Not known", "No repository is known as '\(repository)', expected owner/name.")
            }
            filter.repositoryID = id
        }
        names = Dictionary(uniqueKeysWithValues: known.map { (String($0.key), $0.value) })
        self.filter = filter
    }

    /// The same as fields of a link.
    var query: LinkQuery {
        range.query.with("repository", repository).with("type", filter.type?.rawValue)
    }
}
