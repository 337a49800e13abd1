import Testing

/// The reader of metrics pages that other tests rely on finds each kind of fault.
@Suite struct MetricsTextTests {
    private static let head = "# HELP a_total A.\n# TYPE a_total counter\n"
    private static let histogram = "# HELP h H.\n# TYPE h histogram\n"

    @Test func `a page without a fault is read`() {
        let page =
            Self.head + "a_total{x=\"1\",y=\"q\\\"\\\\\\n\"} 1\na_total{x=\"2\"} 2.5e+3\n" + Self.histogram
            + "h_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3.5\nh_count 2\n"
        let text = MetricsText(page)
        #expect(text.problems == [])
        #expect(text.value("a_total", ["x": "2"]) == 2500)
        #expect(text.value("a_total") == nil)
    }

    @Test(arguments: [
        (head + "a_total 1", "no end"),
        (head + "b_total 1\n", "stands under"),
        ("a_total 1\n", "stands under"),
        ("# TYPE a_total counter\na_total 1\n", "does not follow its help"),
        (head + "a_total 1\n" + head, "two types"),
        ("# HELP a A.\n# TYPE a counter\na 1\n", "is no _total"),
        (head + "a_total one\n", "is 'one'"),
        (head + "a_total -1\n", "is -1"),
        (head + "a_total 1\na_total 2\n", "comes twice"),
        (head + "a_total{x=\"1} 2\n", "has labels"),
        (head + "a_total{x=\"\\t\"} 2\n", "has labels"),
        (head + "a_total{x=\"1\",x=\"2\"} 2\n", "has x twice"),
        (head + "a_total{x=\"1\",} 2\n", "has labels"),
        (head + "\n", "odd line"),
        (head + "a_total  1\n", "odd line"),
        (histogram + "h_sum 0\nh_count 0\n", "no buckets"),
        (histogram + "h_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n", "no bucket for all"),
        (
            histogram + "h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n", "do not grow"
        ),
        (histogram + "h_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n", "does not count"),
        (histogram + "h_bucket{le=\"+Inf\"} 1\nh_count 1\n", "no sum"),
    ])
    func `a fault is found`(page: String, problem: String) {
        let problems = MetricsText(page).problems
        #expect(problems.contains { $0.contains(problem) }, "\(problems)")
    }
}
