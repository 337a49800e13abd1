import Testing

@testable import Base
@testable import HTTP
@testable import Run
@testable import Worker

@Suite struct WorkerConfigTests {
    private static func config(_ values: [String: String]) throws -> WorkerConfig {
        try WorkerConfig(Environment(values.merging(["DATABASE_URL": "postgres://x@y/z"]) { $1 }))
    }

    @Test func `nothing is shown where no address is given`() throws {
        #expect(try Self.config([:]).metricsListen == nil)
        #expect(try Self.config(["WORKER_METRICS_LISTEN": ""]).metricsListen == nil)
    }

    @Test(arguments: ["127.0.0.1:9187", "[::1]:0"])
    func `an address is taken as it stands`(text: String) throws {
        #expect(try Self.config(["WORKER_METRICS_LISTEN": text]).metricsListen?.description == text)
    }

    @Test(arguments: ["9187", "localhost:9187", "127.0.0.1", "127.0.0.1:99999", "::1:80"])
    func `what is no address is refused with the variable's name`(text: String) {
        #expect(
            throws: Environment.Problem(
                "WORKER_METRICS_LISTEN: '\(text)' is not a valid address, expected a numeric address and a port, "
                    + "like 127.0.0.1:8080 or [::1]:8080"
            )
        ) { try Self.config(["WORKER_METRICS_LISTEN": text]) }
    }
}
