import Foundation

/// An nginx with TLS in front of ingest nodes, set up by the files that `deploy/nginx` has for it.
package final class TestProxy: Sendable {
    /// Where it takes HTTPS, for the name `localhost`.
    package let port: Int
    /// Where it sends who comes without TLS to that.
    package let plainPort: Int
    /// What its certificate is to be checked with.
    package let certificate: URL

    private let directory: URL
    private let program: TestProgram

    /// Runs `body` with a proxy in front of these ports of loopback and ends it afterwards, whatever happens.
    package static func with<Value: Sendable>(
        _ nodes: [Int],
        _ body: @Sendable (TestProxy) async throws -> Value
    ) async throws -> Value {
        let proxy = try await TestProxy(nodes)
        do {
            let value = try await body(proxy)
            try await proxy.end()
            return value
        } catch {
            try await proxy.end()
            throw error
        }
    }

    private init(_ nodes: [Int]) async throws {
        port = try ServerUser.freePort()
        plainPort = try ServerUser.freePort()
        directory = try ServerUser.makeDirectory("proxy")
        certificate = directory.appending(path: "certificate.pem")
        let key = directory.appending(path: "key.pem")
        try await ServerUser.run(
            URL(filePath: "/usr/bin/openssl"),
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                "-keyout", key.path, "-out", certificate.path,
            ]
        )
        let shipped = URL(filePath: "deploy/nginx")
        let server = try String(contentsOf: shipped.appending(path: "plane-ingest.conf"), encoding: .utf8)
        try ServerUser.write(server, to: directory.appending(path: "plane-ingest.conf"))
        let places = try ServerUser.makeDirectory("plane-ingest", in: directory)
        let files = [
            "nodes.conf": nodes.map { "server 127.0.0.1:\($0) max_fails=0;\n" }.joined(),
            "http.conf": "listen 127.0.0.1:\(plainPort);\nserver_name localhost;\n",
            "https.conf": """
            listen 127.0.0.1:\(port) ssl;
            server_name localhost;
            ssl_certificate \(certificate.path);
            ssl_certificate_key \(key.path);

            """,
        ]
        for (name, text) in files { try ServerUser.write(text, to: places.appending(path: name)) }
        let main = directory.appending(path: "nginx.conf")
        try ServerUser.write(Self.main(in: directory.path), to: main)
        program = try ServerUser.start(
            URL(filePath: "/usr/sbin/nginx"),
            ["-e", "stderr", "-p", directory.path, "-c", main.path]
        )
        let (port, program) = (port, program)
        let isUp = try await eventually {
            guard program.isRunning else { return true }
            return (try? await TestHTTP(port: port).send("GET", "/")) != nil
        }
        guard isUp, program.isRunning else {
            throw ServerUser.Failure(description: "nginx does not start: \(program.text)")
        }
    }

    /// What surrounds the shipped file: one process, which a signal ends as a whole, and nothing outside `directory`.
    private static func main(in directory: String) -> String {
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        return """
            daemon off;
            master_process off;
            pid \(directory)/pid;
            error_log stderr warn;
            events { worker_connections 512; }
            http {
                access_log off;
            \(folders.map { "    \($0)_temp_path \(directory)/\($0);" }.joined(separator: "\n"))
                include plane-ingest.conf;
            }

            """
    }

    /// By force: Foundation starts it with the other signals blocked.
    private func end() async throws {
        program.send(SIGKILL)
        _ = try await program.wait(within: .seconds(10))
        try FileManager.default.removeItem(at: directory)
    }
}
