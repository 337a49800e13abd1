import Foundation

extension MetricsRegistry {
    /// What every program tells of itself: which it is, and since when it runs.
    package mutating func declareProcess(_ program: String) {
        observed(.gauge, "plane_build_info", "1, with the version and the name of the program.") {
            [
                MetricSample(
                    labels: [("version", Version.current.description), ("program", program)],
                    value: 1
                )
            ]
        }
        let start = Date().timeIntervalSince1970
        observed(.gauge, "process_start_time_seconds", "Start of the process in seconds since 1970.") {
            [MetricSample(value: start)]
        }
    }
}
