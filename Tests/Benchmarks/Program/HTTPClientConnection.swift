import Foundation
import Glibc

/// One keep-alive connection to plane-ingest on the loopback interface; blocking.
final class HTTPClientConnection {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 8192)

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw BenchmarkProblem("cannot connect to port \(port): errno \(errno)") }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// Delivers and waits for the whole answer.
    /// - Returns: its status.
    func deliver(_ delivery: SignedBody, id: String) throws -> Int {
        let request = """
            POST /api/webhooks/github-mcp/ HTTP/1.1\r
            Host: 127.0.0.1\r
            User-Agent: GitHub-Hookshot/bench\r
            Content-Type: application/json\r
            X-GitHub-Event: issues\r
            X-GitHub-Delivery: \(id)\r
            X-Hub-Signature-256: \(delivery.signature)\r
            Content-Length: \(delivery.body.utf8.count)\r
            \r
            \(delivery.body)
            """
        try write(Array(request.utf8))
        return try readAnswer()
    }

    private func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent, 0) }
            guard count > 0 else { throw BenchmarkProblem("the connection broke") }
            sent += count
        }
    }

    /// Answers are short and have a Content-Length.
    private func readAnswer() throws -> Int {
        var answer = ""
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw BenchmarkProblem("the connection broke") }
            answer += String(decoding: buffer[..<count], as: UTF8.self)
            guard let head = answer.range(of: "\r\n\r\n"),
                let field = answer.range(of: "content-length: ", options: .caseInsensitive),
                let length = Int(answer[field.upperBound...].prefix { $0.isNumber })
            else { continue }
            if answer[head.upperBound...].utf8.count >= length { break }
        }
        guard let status = Int(answer.dropFirst("HTTP/1.1 ".count).prefix(3)) else {
            throw BenchmarkProblem("not an HTTP answer: \(answer.prefix(80))")
        }
        return status
    }
}
