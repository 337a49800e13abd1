import Database
import Foundation
import TestSupport
import Testing

/// What a look at Plane's rows has to find although the sync wrote them last.
@Suite(.timeLimit(.minutes(5))) struct OutboundLookTests {
    @Test func `an edit goes out although a pull request moved the issue before anybody looked`() async throws {
        let options = ["--outbound", "linked", "--pull-request-state", "open=group:started"]
        try await OutboundBench.run(OutboundBench.filled(1), options) { bench in
            // The lock of the worker that looks: while it is held nobody does.
            let holder = bench.database.connection()
            try await holder.change("select pg_advisory_lock(113745656177519)")
            try await bench.connection.change("update public.issues set name = 'Edited' where name = 'Issue 1'")
            bench.onGitHub { _, state in
                var pull = SamplePullRequest(2)
                pull.body = "Closes #1"
                state.pulls.append(pull)
            }
            try await bench.importAll()
            let moved: Int = try await bench.connection.value(
                """
                select count(*) as value from public.issues as i inner join public.states as s on s.id = i.state_id
                where i.name = 'Edited' and s."group" = 'started'
                """
            )
            #expect(moved == 1)
            try await holder.change("select pg_advisory_unlock(113745656177519)")
            try await bench.expect { $0.issues[0].title == "Edited" }
            #expect(bench.repository.now.writes.count == 1)
        }
    }
}
