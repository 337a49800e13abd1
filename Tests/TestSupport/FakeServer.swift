import Base
import Foundation
import Synchronization

/// A server on plain sockets, so that it can also answer what no proper server would.
package final class FakeServer: Sendable {
    package struct Request: Sendable {
        package let method: String
        /// Path and query.
        package let target: String
        /// By names in lower case.
        package let fields: [String: String]
        package let body: [UInt8]
        /// Which connection it came on, from 0.
        package let connection: Int
        /// Whether none came on it before.
        package let isFirst: Bool

        package var path: String { String(target.prefix { $0 != "?" }) }
        package var text: String { String(decoding: body, as: UTF8.self) }
        package var token: String { String(fields["authorization"]?.dropFirst("Bearer ".count) ?? "") }

        package func parameter(_ name: String) -> String? {
            URLComponents(string: target)?.queryItems?.first { $0.name == name }?.value
        }
    }

    package enum Reaction: Sendable {
        /// A proper answer; the connection stays open.
        case answer(Int, [String: String] = [:], String = "")
        /// These bytes, then the end of the connection.
        case bytes([UInt8])
        /// The end of the connection.
        case close
        /// Nothing until the client goes; what was promised so far comes first.
        case hang(String = "")
        /// These bytes one by one, with 20 ms between them, then the end of the connection.
        case drip(String)
        /// Texts, each of which is made when the one before is sent, then the end of the connection.
        case parts([@Sendable () -> String])
        /// The reaction after some milliseconds.
        indirect case late(Int, Reaction)

        package static func bytes(_ text: String) -> Reaction { .bytes(Array(text.utf8)) }
    }

    package typealias Handler = @Sendable (Request) -> Reaction

    package let port: Int
    private let listener: Int32
    private let handler: Handler
    private let welcomes: Bool
    private let received = Mutex<[Request]>([])
    private let open = Mutex(0)

    /// How many connections there are now.
    package var openConnections: Int { open.withLock { $0 } }
    package var requests: [Request] { received.withLock { $0 } }
    package var origin: String { "http://127.0.0.1:\(port)" }

    /// Runs `body` with a server on a free port of loopback; unless it welcomes clients, it closes each connection at
    /// once.
    package static func run<Value>(
        welcomes: Bool = true,
        _ handler: @escaping Handler,
        _ body: (FakeServer) async throws -> Value
    ) async throws -> Value {
        let server = try FakeServer(welcomes, handler)
        defer { shutdown(server.listener, Int32(SHUT_RDWR)) }
        return try await body(server)
    }

    private init(_ welcomes: Bool, _ handler: @escaping Handler) throws {
        self.welcomes = welcomes
        self.handler = handler
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard isListening else { throw CocoaError(.fileReadUnknown) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in
            var count = 0
            while case let client = accept(listener, nil, nil), client >= 0 {
                let number = count
                count += 1
                Thread.detachNewThread { [self] in serve(client, number) }
            }
            close(listener)
        }
    }

    private func serve(_ client: Int32, _ connection: Int) {
        open.withLock { $0 += 1 }
        defer {
            close(client)
            open.withLock { $0 -= 1 }
        }
        guard welcomes else { return }
        var isFirst = true
        while let request = read(from: client, connection, isFirst) {
            isFirst = false
            received.withLock { $0.append(request) }
            guard react(handler(request), client, request.method) else { return }
        }
    }

    /// Whether the connection stays open.
    private func react(_ reaction: Reaction, _ client: Int32, _ method: String) -> Bool {
        switch reaction {
        case .answer(let status, var fields, let body):
            if status != 204, status != 304 { fields["Content-Length"] = "\(body.utf8.count)" }
            let lines = fields.map { "\($0): \($1)\r\n" }.joined()
            return write("HTTP/1.1 \(status) X\r\n\(lines)\r\n\(body)".utf8, to: client)
        case .bytes(let bytes):
            _ = write(bytes, to: client)
            return false
        case .close:
            return false
        case .hang(let text):
            _ = write(text.utf8, to: client)
            var byte: UInt8 = 0
            while recv(client, &byte, 1, 0) > 0 {}
            return false
        case .drip(let text):
            for byte in text.utf8 {
                guard write([byte], to: client) else { break }
                usleep(20_000)
            }
            return false
        case .parts(let parts):
            for part in parts {
                guard write(part().utf8, to: client) else { break }
            }
            return false
        case .late(let milliseconds, let reaction):
            usleep(UInt32(milliseconds) * 1000)
            return react(reaction, client, method)
        }
    }

    private func write(_ bytes: some Sequence<UInt8>, to client: Int32) -> Bool {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func read(from client: Int32, _ connection: Int, _ isFirst: Bool) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var head: (line: [Substring], fields: [String: String], end: Int)?
        while true {
            if head == nil, let end = Data(bytes).range(of: Data("\r\n\r\n".utf8)) {
                let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
                let fields = lines.dropFirst().map {
                    $0.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                }
                let pairs = fields.filter { $0.count == 2 }.map {
                    ($0[0].lowercased(), $0[1].trimmingCharacters(in: .whitespaces))
                }
                head = (lines[0].split(separator: " "), Dictionary(pairs) { $1 }, end.upperBound)
            }
            if let head {
                let length = Int(head.fields["content-length"] ?? "0") ?? 0
                if bytes.count >= head.end + length {
                    return Request(
                        method: String(head.line[0]),
                        target: String(head.line[1]),
                        fields: head.fields,
                        body: Array(bytes[head.end..<(head.end + length)]),
                        connection: connection,
                        isFirst: isFirst
                    )
                }
            }
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer.prefix(count)
        }
    }
}
