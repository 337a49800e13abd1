import Database
import Foundation
import TestSupport
import Testing

/// Who maps whom, and that it is written down.
@Suite struct DashboardPeopleTests {
    @Test(.timeLimit(.minutes(15)))
    func `mapping and unmapping are on record, by page and by command`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.change("delete from public.accounts")
            let settings = ["DASHBOARD_PAYLOADS": "nobody"]
            try await DashboardProgram.withUsers(database, as: .admin, settings) { dashboard in
                let map = "login=octocat&email=octocat%40example.com&github_id=583231"
                #expect(try await dashboard.post("/people/map", map, as: "oscar").status == 403)
                let mapped = try await dashboard.post("/people/map", map, as: "ada")
                #expect(mapped.fields["location"] == "/people?mapped=1")
                // The same again changes nothing, and is not written down.
                _ = try await dashboard.post("/people/map", map, as: "ada")
                let unmap = ["users", "unmap", "octocat"]
                #expect(try await CommandsRun.worker(unmap, on: database).status == 0)
                #expect(try await CommandsRun.worker(unmap, on: database).status == 0)
                let remap = ["users", "map", "octocat", "octocat@example.com", "--github-id", "583231"]
                #expect(try await CommandsRun.worker(remap, on: database).status == 0)
                _ = try await dashboard.post("/people/unmap", "login=octocat", as: "ada")
                let written: [String] = try await connection.values(
                    """
                    select a.action || ' ' || a.via || ' ' || a.detail || ' ' || u.email as value
                    from github_sync.github_operator_actions as a
                    join public.users as u on a.objects = array[u.id]
                    order by a.id
                    """
                )
                #expect(
                    written == [
                        "users map dashboard octocat octocat@example.com",
                        "users unmap command octocat octocat@example.com",
                        "users map command octocat octocat@example.com",
                        "users unmap dashboard octocat octocat@example.com",
                    ]
                )
                let page = try await dashboard.get("/people", as: "vera").body
                #expect(page.contains("users map by ada (dashboard): octocat"))
                #expect(page.contains("users unmap by ada (dashboard): octocat"))
                #expect(!page.contains("octocat@example.com"))
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `what cannot be written down is not done`() async throws {
        try await TestDatabase.with { database in
            let connection = database.connection()
            try await connection.change(
                "delete from public.accounts",
                "revoke insert on github_sync.github_operator_actions from plane_sync_worker"
            )
            let map = ["users", "map", "octocat", "octocat@example.com", "--github-id", "583231"]
            #expect(try await CommandsRun.worker(map, on: database).status == 1)
            let links: Int = try await connection.value(
                "select count(*) as value from github_sync.github_user_links"
            )
            #expect(links == 0)
        }
    }
}
