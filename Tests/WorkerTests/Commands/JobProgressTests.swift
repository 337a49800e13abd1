@testable import Inspect
import Base
import Foundation
import Jobs
import Testing

@testable import Worker

struct JobProgressTests {
    /// A job that read so many objects, of which it was watched reading 500.
    private static func line(
        _ read: Int,
        of total: Int?,
        _ status: String = "running",
        isCancelled: Bool = false,
        error: String? = nil,
        waiting: Int = 0,
        after seconds: Double = 5
    ) -> String {
        let job = JobRecord(
            id: UUID(),
            kind: .import,
            repeats: false,
            status: status,
            repository: "acme/rocket",
            list: "issues",
            total: total,
            read: read,
            stored: read - 1,
            problems: [],
            isCancelled: isCancelled,
            createdAt: .now,
            updatedAt: .now,
            dueAt: .now,
            worker: nil,
            error: error
        )
        return JobProgress(job: job, waiting: waiting, gained: 500, passed: .seconds(seconds)).line
    }

    @Test func `where the total is known a bar tells the share, the rate and the time left`() {
        #expect(Self.line(500, of: 1_500) == "issues: 500 of 1500  [######··············]  33 %, 100/s, 10s left")
        #expect(Self.line(500, of: 1_500, after: 0.5) == "issues: 500 of 1500  [######··············]  33 %")
        let full = "[####################]"
        #expect(Self.line(1_500, of: 1_500, "completed") == "completed: 1500 of 1500  \(full)  100 %")
        // The total was of the beginning, and what is gone may count.
        #expect(Self.line(1_490, of: 1_500, "completed").hasSuffix("\(full)  100 %"))
        let part = "partial: 500 of 1500  [######··············]  33 %"
        #expect(Self.line(500, of: 1_500, "partial", isCancelled: true) == part)
        #expect(Self.line(1_600, of: 1_500) == "issues: 1600 of 1500  [###################·]  99 %, 100/s")
    }

    @Test(arguments: [nil, 0]) func `without a total there is no bar`(_ total: Int?) {
        #expect(Self.line(500, of: total, waiting: 35) == "issues: 500 read, 499 new, 100/s, 35 events wait")
    }

    @Test func `what is waited for is told`() {
        let bar = "issues: 500 of 1500  [######··············]  33 %"
        #expect(Self.line(500, of: 1_500, "queued") == "\(bar), waits for a worker")
        #expect(Self.line(500, of: 1_500, "queued", error: "a limit") == "\(bar), waits (a limit)")
        #expect(Self.line(500, of: nil, "queued") == "issues: 500 read, 499 new, waits for a worker")
        let done = "completed: 1500 of 1500  [####################]  100 %, 3 events wait"
        #expect(Self.line(1_500, of: 1_500, "completed", waiting: 3) == done)
    }

    @Test func `a line fits a terminal of 80 columns`() {
        for line in [
            Self.line(123_456, of: 9_876_543), Self.line(987_654, of: 987_654, "completed", waiting: 2_000),
        ] {
            #expect(TextWidth.of(line) < 80, "\(line)")
        }
    }
}
