import Base
import Foundation
import TestSupport

/// Signed deliveries that go through HTTPS, sixteen at a time, by curl: a client that checks the certificate.
struct SecureDeliveries {
    struct Answer: Sendable, Equatable {
        let status: Int
        let id: String
    }

    private let proxy: TestProxy
    private let folder: URL

    init(to proxy: TestProxy) throws {
        self.proxy = proxy
        folder = try TestEnvironment.state.appending(path: "deliveries-\(UUID().text)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    /// Delivers all of them, from an address of this machine.
    ///
    /// Its answers are in the order they came.
    func send(
        _ deliveries: [(event: String, id: String, body: [UInt8])],
        from address: String = "127.0.0.1",
        secret: String = IngestProgram.secret
    ) async throws -> [Answer] {
        let requests = try deliveries.enumerated().map { number, delivery in
            let file = folder.appending(path: "\(number).json")
            try Data(delivery.body).write(to: file)
            let fields = IngestProgram.fields(delivery.body, event: delivery.event, id: delivery.id, secret: secret)
            let lines =
                fields.map { "header = \"\($0): \($1)\"" } + [
                    "url = \"https://localhost:\(proxy.port)\(IngestProgram.path)\"",
                    "data-binary = \"@\(file.path)\"", "output = \"/dev/null\"", "silent", "show-error",
                    "cacert = \"\(proxy.certificate.path)\"", "interface = \"\(address)\"", "max-time = 30",
                    "write-out = \"%{http_code} \(delivery.id)\\n\"",
                ]
            return lines.joined(separator: "\n")
        }
        let configuration = folder.appending(path: "curl")
        try Data(requests.joined(separator: "\nnext\n").utf8).write(to: configuration)
        let curl = try TestProgram(
            URL(filePath: "/usr/bin/curl"),
            ["--no-progress-meter", "--parallel", "--parallel-max", "16", "--config", configuration.path]
        )
        guard try await curl.wait(within: .seconds(120)) == 0 else {
            throw TestHTTP.Broken(description: "curl: \(curl.text)")
        }
        // What it printed before its end still comes.
        _ = try await eventually { Self.answers(in: curl.text).count == deliveries.count }
        return Self.answers(in: curl.text)
    }

    private static func answers(in output: String) -> [Answer] {
        output.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 2, let status = Int(words[0]) else { return nil }
            return Answer(status: status, id: String(words[1]))
        }
    }
}
