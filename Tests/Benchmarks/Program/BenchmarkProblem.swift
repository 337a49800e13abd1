/// Why a benchmark cannot go on, in one sentence.
struct BenchmarkProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
