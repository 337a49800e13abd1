import Testing

@testable import Worker

struct ProgressTests {
    @Test(arguments: [
        (0, 0.0, "done 0 of 1500  [····················]  0 %"),
        (500, 0.5, "done 500 of 1500  [######··············]  33 %"),
        (500, 5, "done 500 of 1500  [######··············]  33 %, 10s left"),
        (1_500, 9, "done 1500 of 1500  [####################]  100 %"),
        // More came meanwhile.
        (2_000, 9, "done 2000 of 1500  [####################]  100 %"),
    ])
    func `a bar tells how far it is, and from the second second on how long it takes`(
        _ done: Int,
        _ seconds: Double,
        _ line: String
    ) {
        let progress = Progress("done", of: 1_500, on: Output())
        #expect(progress.line(done, after: .seconds(seconds)) == line)
    }
}
