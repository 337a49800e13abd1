import Foundation
import Glibc
import Synchronization

/// A connection over which a test speaks HTTP byte by byte.
package final class TestHTTP: Sendable {
    package struct Response: Sendable, Equatable {
        package let status: Int
        /// Names in lower case.
        package let fields: [String: String]
        package let body: String

        /// The body, if it is a JSON object, by key.
        package var json: [String: TestJSON] {
            (try? JSONDecoder().decode([String: TestJSON].self, from: Data(body.utf8))) ?? [:]
        }
    }

    package struct Broken: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    private let descriptor: Int32
    private let port: Int

    /// Blocking calls stay off the threads of Swift's concurrency.
    private static let queue = DispatchQueue(label: "test-http", attributes: .concurrent)

    /// Connects to a port of 127.0.0.1, from any address of 127.0.0.0/8; each read and write may take `patience` seconds.
    package init(port: Int, from source: String = "127.0.0.1", patience: Int = 30) throws {
        self.port = port
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let isConnected =
            LoopbackAddress.use(source, 0) { bind(descriptor, $0, $1) } == 0
            && LoopbackAddress.use("127.0.0.1", port) { connect(descriptor, $0, $1) } == 0
        guard isConnected else { throw Broken(description: "cannot connect: \(String(cString: strerror(errno)))") }
    }

    deinit { Glibc.close(descriptor) }

    /// Sends a request and waits for its answer.
    package func send(
        _ method: String = "POST",
        _ path: String,
        _ fields: [(String, String)] = [],
        body: [UInt8] = []
    ) async throws -> Response {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.count)\r\n" }
        try await write(Array((head + "\r\n").utf8) + body)
        return try await read(withoutBody: method == "HEAD")
    }

    /// Sends bytes as they are; what the other side no longer takes is passed over, for its answer may be there.
    package func write(_ bytes: [UInt8]) async throws {
        try await blocking { [descriptor] in
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                sent += count
            }
        }
    }

    package func read(withoutBody: Bool = false) async throws -> Response {
        try await blocking { [descriptor] in
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65536)
            func more() throws {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else {
                    throw Broken(description: count == 0 ? "closed after \(bytes.count) bytes" : "no answer in time")
                }
                bytes += buffer[..<count]
            }
            let end = Array("\r\n\r\n".utf8)
            while bytes.firstRange(of: end) == nil { try more() }
            guard let range = bytes.firstRange(of: end) else { throw Broken(description: "no head") }
            let lines = String(decoding: bytes[..<range.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
            let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            var fields: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                fields[parts[0].lowercased()] = parts.last.map { $0.trimmingCharacters(in: .whitespaces) }
            }
            let length = withoutBody ? 0 : Int(fields["content-length"] ?? "") ?? 0
            while bytes.count < range.upperBound + length { try more() }
            let body = String(decoding: bytes[range.upperBound..<(range.upperBound + length)], as: UTF8.self)
            return Response(status: status, fields: fields, body: body)
        }
    }

    /// What comes next, as it comes; nothing at the end.
    package func readSome() async throws -> [UInt8] {
        try await blocking { [descriptor] in
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw Broken(description: "nothing came in time") }
            return Array(buffer[..<count])
        }
    }

    private func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Self.queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }
}

/// As much of JSON as an answer may hold.
package enum TestJSON: Sendable, Hashable, Decodable {
    case text(String)
    case flag(Bool)
    case list([String])

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else {
            self = .list(try container.decode([String].self))
        }
    }
}
