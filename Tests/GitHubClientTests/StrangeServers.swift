import Foundation

/// A port of loopback whose queue is full, so that further connections neither come about nor are refused.
final class FullQueue {
    private var descriptors: [Int32] = []
    let port: Int

    init() throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let sockets = (0..<4).map { _ in
            socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        }
        descriptors = sockets
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard bind(sockets[0], pointer, size) == 0, listen(sockets[0], 0) == 0,
                    getsockname(sockets[0], pointer, &size) == 0
                else { return false }
                for socket in sockets.dropFirst() { _ = connect(socket, pointer, size) }
                return true
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard isListening else { throw CocoaError(.fileReadUnknown) }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}

/// A server whose certificate nobody has signed but itself.
struct StrangeTLSServer {
    let port: Int
    private let process = Process()
    private let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID())")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (key, certificate) = (folder.appending(path: "key").path, folder.appending(path: "certificate").path)
        let request = "req -x509 -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
        let making = try Process.run(
            Self.openssl,
            arguments: request.components(separatedBy: " ") + ["-keyout", key, "-out", certificate]
        )
        making.waitUntilExit()
        let output = Pipe()
        process.executableURL = Self.openssl
        process.arguments = ["s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificate, "-www"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        // It says ACCEPT 127.0.0.1:PORT.
        var text = ""
        while !text.contains(/ACCEPT .*\n/) {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw CocoaError(.fileReadUnknown) }
            text += String(decoding: data, as: UTF8.self)
        }
        port = text.firstMatch(of: /ACCEPT .*:(\d+)\n/).flatMap { Int($0.1) } ?? 0
    }

    func stop() {
        // A thread of the concurrency runtime blocks the other signals, and its children inherit that.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    private static let openssl = URL(filePath: "/usr/bin/openssl")
}
