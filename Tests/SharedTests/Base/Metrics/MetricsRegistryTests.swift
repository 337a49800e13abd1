import Base
import Testing

@Suite struct MetricsRegistryTests {
    @Test func `a page names, explains and types each metric before its series`() {
        var registry = MetricsRegistry()
        let plain = registry.counter("events_total", "What came.\nIn \\all.")
        let counters = registry.counters("answers_total", "Answers.", for: ["b", "a"]) { [("code", $0), ("x", "y")] }
        registry.gauge("waiting", "Now.") { 7 }
        plain.add()
        plain.add(2)
        counters.add("a")
        #expect(
            registry.render() == #"""
                # HELP events_total What came.\nIn \\all.
                # TYPE events_total counter
                events_total 3
                # HELP answers_total Answers.
                # TYPE answers_total counter
                answers_total{code="b",x="y"} 0
                answers_total{code="a",x="y"} 1
                # HELP waiting Now.
                # TYPE waiting gauge
                waiting 7

                """#
        )
    }

    @Test func `a label's value cannot end its quotes or its line`() {
        var registry = MetricsRegistry()
        registry.observed(.gauge, "g", "G.") { [MetricSample(labels: [("l", "a\"} 1\nb 2\\")], value: 0.5)] }
        #expect(registry.render().hasSuffix("g{l=\"a\\\"} 1\\nb 2\\\\\"} 0.5\n"))
    }

    @Test(arguments: [
        (Double.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (1e21, "1e+21"), (12_345_678, "12345678"),
        (0.25, "0.25"),
    ]) func `numbers are written as Prometheus reads them`(_ value: Double, text: String) {
        var registry = MetricsRegistry()
        registry.observed(.gauge, "g", "G.") { [MetricSample(value: value)] }
        #expect(registry.render().hasSuffix("\ng \(text)\n"))
    }

    @Test func `a histogram counts each value in every bucket that holds it`() {
        var registry = MetricsRegistry()
        let histogram = registry.histogram("h_seconds", "H.", bounds: [0.1, 1])
        for value in [0.1, 0.5, 2] { histogram.observe(value) }
        histogram.observe(Duration.milliseconds(400))
        #expect(
            registry.render() == """
                # HELP h_seconds H.
                # TYPE h_seconds histogram
                h_seconds_bucket{le="0.1"} 1
                h_seconds_bucket{le="1"} 3
                h_seconds_bucket{le="+Inf"} 4
                h_seconds_sum 3
                h_seconds_count 4

                """
        )
    }

    @Test func `a histogram carries its labels on each line`() {
        var registry = MetricsRegistry()
        registry.histogram("h", "H.", labels: [("direction", "in")], bounds: [1]).observe(2)
        #expect(
            registry.render() == """
                # HELP h H.
                # TYPE h histogram
                h_bucket{direction="in",le="1"} 0
                h_bucket{direction="in",le="+Inf"} 1
                h_sum{direction="in"} 2
                h_count{direction="in"} 1

                """
        )
    }

    @Test func `counting from many tasks loses nothing`() async {
        var registry = MetricsRegistry()
        let counter = registry.counter("c", "C.")
        let histogram = registry.histogram("h", "H.", bounds: [1])
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter.add()
                        histogram.observe(0.5)
                    }
                }
            }
        }
        #expect(counter.value == 8000)
        #expect(registry.render().contains("h_bucket{le=\"1\"} 8000\n"))
    }
}
