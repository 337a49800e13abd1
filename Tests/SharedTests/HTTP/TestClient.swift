import Base
import Glibc

/// A client that sends raw bytes and reads what comes back; every call gives up after `patience` seconds.
actor TestClient {
    /// The connection was refused or reset, or ended too early.
    struct Gone: Error {}
    /// Nothing came in time.
    struct Silence: Error {}

    private let executor = BlockingExecutor(label: "test-client")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private var socket: Int32
    private var received: [UInt8] = []

    /// Connects; a small `receiveBuffer`, in bytes, makes a slow reader.
    init(port: Int, patience: Int = 10, receiveBuffer: Int32? = nil) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.socket = socket
        var time = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        if var size = receiveBuffer {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Gone() }
    }

    deinit { if socket >= 0 { close(socket) } }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Gone() }
            sent += count
        }
    }

    /// Sends no more; the server reads the end of input.
    func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// Goes away with a reset instead of an end.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close(socket)
        socket = -1
    }

    /// The next answer: head and as much body as it declares.
    func answer(hasBody: Bool = true) throws -> TestAnswer {
        while true {
            if let (answer, length) = TestAnswer.parse(received, hasBody: hasBody) {
                received.removeFirst(length)
                return answer
            }
            guard try read() else { throw Gone() }
        }
    }

    /// Everything up to the end of the connection.
    func rest() throws -> String {
        while try read() {}
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// Reads until these bytes have come.
    func expect(_ text: String) throws {
        while received.count < text.utf8.count { guard try read() else { throw Gone() } }
        guard received.starts(with: text.utf8) else { throw Gone() }
        received.removeFirst(text.utf8.count)
    }

    /// The next `count` bytes.
    func bytes(_ count: Int) throws -> [UInt8] {
        while received.count < count { guard try read() else { throw Gone() } }
        defer { received.removeFirst(count) }
        return Array(received.prefix(count))
    }

    /// Whether more came; false at the end, an error when the connection was reset or nothing came in time.
    private func read() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN { throw Silence() }
        guard count >= 0 else { throw Gone() }
        received += buffer[..<count]
        return count > 0
    }
}

/// An answer as a client reads it.
struct TestAnswer: Equatable {
    let status: Int
    let head: String
    let body: String

    var closes: Bool { head.contains("\r\nConnection: close") }

    /// The first answer of `bytes` and its length; nil while it is not whole.
    static func parse(_ bytes: [UInt8], hasBody: Bool) -> (TestAnswer, Int)? {
        let mark = Array("\r\n\r\n".utf8)
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }) else { return nil }
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        let lengths = lines.filter { $0.hasPrefix("Content-Length: ") }.compactMap { Int($0.dropFirst(16)) }
        let length = hasBody ? lengths.first ?? 0 : 0
        guard bytes.count >= end + 4 + length else { return nil }
        let body = String(decoding: bytes[(end + 4)..<(end + 4 + length)], as: UTF8.self)
        return (TestAnswer(status: status, head: head, body: body), end + 4 + length)
    }
}
