import Base
import Database
import JSON

/// `/repositories`: what is connected, whether something comes from it, and what comes that nobody follows.
enum RepositoriesPage {
    static func make(_ request: PageRequest) async throws -> Page {
        let connection = request.data.connection
        let records = try await PageRequest.permitted { try await connection.repositoryRecords() }
        let unfollowed = try await PageRequest.permitted {
            try await connection.run(UnfollowedRepository.read)
        }
        let count: HTML? = records.map { records in
            "<p class=\"sub\">\(Number.counted(records.count, "repository", "repositories")) connected</p>"
        }
        return Page(
            "Repositories",
            in: .repositories,
            json: .object([
                "repositories": records.map { .array($0.map(\.json)) } ?? .null,
                "unfollowed": unfollowed.map { .array($0.map(\.json)) } ?? .null,
            ]),
            """
            <div class="head"><div><h1>Repositories</h1>\
            \(count)</div></div>\
            <section class="card" aria-label="Connected repositories">\(list(records, request))</section>\
            \(strangers(unfollowed, request))
            """
        )
    }

    private static func list(_ records: [RepositoryRecord]?, _ request: PageRequest) -> HTML {
        guard let records else { return .missingRight("read which repositories are connected") }
        guard !records.isEmpty else {
            return .empty(
                "No repository is connected",
                "Connect one with <code>plane-worker connect</code>: what comes from others is refused."
            )
        }
        let rows = records.map { record -> HTML in
            let state = record.state(now: request.now)
            let limit: HTML? = record.perMinute.map { " <span class=\"soft\">(\($0) a minute)</span>" }
            return """
                <tr><td>\(.status(state.word, state.tone))</td><th scope="row"><a \
                href="\(request.link("/repositories/\(record.name)"))">\(record.name)</a></th>\
                <td>\(record.projects.joined(separator: ", "))</td>\
                <td class="n" data-l="waiting">\(Number.grouped(record.pending + record.processing))\(limit)</td>\
                <td class="n" data-l="failed">\(Number.grouped(record.failed))</td>\
                <td class="n" data-l="completed">\(Number.grouped(record.completedLastHour))</td>\
                <td class="t">\(.time(record.latest, now: request.now))</td></tr>
                """
        }
        return .table(
            "Connected repositories",
            [
                "State", "Repository", "Projects", .number("Waiting"), .number("Failed"), .number("Completed in 1 h"),
                .init("Last event", "t"),
            ],
            rows,
            stacks: true
        )
    }

    private static func strangers(_ repositories: [UnfollowedRepository]?, _ request: PageRequest) -> HTML? {
        guard let repositories else {
            return .card(
                "They send, and nobody follows them",
                .missingRight("see who does")
            )
        }
        guard !repositories.isEmpty else { return nil }
        let rows = repositories.enumerated().map { index, repository -> HTML in
            """
            <tr><th scope="row">\(repository.name)</th><td class="t">\(.time(repository.seen, now: request.now))</td>\
            <td class="w"><code id="connect-\(index)">\(repository.connectLine)</code></td>\
            <td><button type="button" data-copy="connect-\(index)" data-script-only hidden \
            aria-label="Copy the line for \(repository.name)">Copy</button></td></tr>
            """
        }
        return .card(
            "They send, and nobody follows them",
            note: "deliveries with a valid signature, in the last 30 days",
            .table(
                "Repositories that no project follows",
                [
                    "Repository", .init("Last seen", "t"), .init("Connect it with", "w"),
                    .init("Copy", "", isHidden: true),
                ],
                rows,
                stacks: true
            )
        )
    }
}
