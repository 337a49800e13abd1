import Foundation

/// A Prometheus with the configuration and the alerts of `deploy/prometheus`, which looks every second.
package final class TestPrometheus: Sendable {
    /// A series of an instant query with its value.
    package struct Sample: Sendable {
        package let labels: [String: String]
        package let value: Double
    }

    private let port: Int
    private let directory: URL
    private let program: TestProgram

    /// Runs `body` with a Prometheus that scrapes these ports of loopback and ends it afterwards, whatever happens.
    package static func with<Value: Sendable>(
        nodes: [Int],
        workers: [Int],
        _ body: @Sendable (TestPrometheus) async throws -> Value
    ) async throws -> Value {
        let prometheus = try await TestPrometheus(nodes: nodes, workers: workers)
        do {
            let value = try await body(prometheus)
            try await prometheus.end()
            return value
        } catch {
            try await prometheus.end()
            throw error
        }
    }

    private init(nodes: [Int], workers: [Int]) async throws {
        port = try ServerUser.freePort()
        directory = try ServerUser.makeDirectory("prometheus")
        let shipped = URL(filePath: "deploy/prometheus")
        let alerts = try String(contentsOf: shipped.appending(path: "alerts.yml"), encoding: .utf8)
        try ServerUser.write(alerts, to: directory.appending(path: "alerts.yml"))
        var text = try String(contentsOf: shipped.appending(path: "prometheus.yml"), encoding: .utf8)
        try Self.replace("15s", by: "1s", in: &text)
        try Self.replace("[127.0.0.1:8080, 127.0.0.1:8081]", by: Self.targets(nodes), in: &text)
        try Self.replace("[127.0.0.1:9101, 127.0.0.1:9102]", by: Self.targets(workers), in: &text)
        let configuration = directory.appending(path: "prometheus.yml")
        try ServerUser.write(text, to: configuration)
        program = try ServerUser.start(
            URL(filePath: "/usr/bin/prometheus"),
            [
                "--config.file=\(configuration.path)", "--storage.tsdb.path=\(directory.path)/data",
                "--web.listen-address=127.0.0.1:\(port)",
            ]
        )
        let (port, program) = (port, program)
        let isReady = try await eventually {
            guard program.isRunning else { return true }
            return (try? await TestHTTP(port: port).send("GET", "/-/ready").status) == 200
        }
        guard isReady, program.isRunning else {
            throw ServerUser.Failure(description: "prometheus does not start: \(program.text)")
        }
    }

    private static func targets(_ ports: [Int]) -> String {
        "[\(ports.map { "127.0.0.1:\($0)" }.joined(separator: ", "))]"
    }

    /// What the file no longer says cannot be put elsewhere unnoticed.
    private static func replace(_ words: String, by others: String, in text: inout String) throws {
        guard text.contains(words) else {
            throw ServerUser.Failure(description: "deploy/prometheus/prometheus.yml does not say \(words)")
        }
        text = text.replacing(words, with: others)
    }

    /// The answer to an instant query.
    package func query(_ expression: String) async throws -> [Sample] {
        struct Answer: Decodable {
            struct Series: Decodable {
                let metric: [String: String]
                let value: [Value]
            }
            struct Result: Decodable { let result: [Series] }
            let data: Result
        }
        /// A time is a number and a value a string.
        enum Value: Decodable {
            case time, value(Double)
            init(from decoder: any Decoder) throws {
                let text = try? decoder.singleValueContainer().decode(String.self)
                self = text.flatMap(Double.init).map { .value($0) } ?? .time
            }
        }
        let escaped = expression.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let response = try await TestHTTP(port: port).send("GET", "/api/v1/query?query=\(escaped)")
        guard response.status == 200 else {
            throw ServerUser.Failure(description: "prometheus: \(response.status) \(response.body)")
        }
        let answer = try JSONDecoder().decode(Answer.self, from: Data(response.body.utf8))
        return answer.data.result.compactMap { series in
            guard case .value(let value) = series.value.last else { return nil }
            return Sample(labels: series.metric, value: value)
        }
    }

    /// The value of a query that has one; nil when it has none or several.
    package func value(_ expression: String) async throws -> Double? {
        let samples = try await query(expression)
        return samples.count == 1 ? samples[0].value : nil
    }

    private func end() async throws {
        program.send(SIGKILL)
        _ = try await program.wait(within: .seconds(10))
        try FileManager.default.removeItem(at: directory)
    }
}
