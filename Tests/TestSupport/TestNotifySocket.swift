import Foundation
import Glibc
import Synchronization

/// The socket of a service manager, as a program under test sees it in `NOTIFY_SOCKET`.
package final class TestNotifySocket: Sendable {
    package struct Failure: Error {}

    /// What `NOTIFY_SOCKET` is to hold.
    package let name: String

    private let descriptor: Int32
    private let path: String?
    private let received = Mutex<[String]>([])

    /// A path below the directory for temporary files, or an abstract name.
    package convenience init(isAbstract: Bool = false) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "notify-\(UUID().uuidString)").path
        try self.init(at: path, isAbstract: isAbstract)
    }

    package init(at path: String, isAbstract: Bool = false) throws {
        name = isAbstract ? "@\(path)" : path
        self.path = isAbstract ? nil : path
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = (isAbstract ? [0] : []) + Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw Failure() }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        self.descriptor = descriptor
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1))
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard bound == 0 else { throw Failure() }
    }

    deinit {
        close(descriptor)
        if let path { unlink(path) }
    }

    /// The messages so far, each with its lines.
    package var messages: [[String]] {
        let all = received.withLock { received in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count >= 0 else { return received }
                received.append(String(decoding: buffer[..<count], as: UTF8.self))
            }
        }
        return all.map { $0.components(separatedBy: "\n") }
    }

    /// All lines so far, in order.
    package var lines: [String] { messages.flatMap(\.self) }

    /// How often `line` has come.
    package func count(of line: String) -> Int { lines.count { $0 == line } }

    /// Waits until a line that begins with `words` has come.
    package func wait(for words: String, within limit: Duration = .seconds(20)) async throws -> Bool {
        try await eventually(within: limit) { self.lines.contains { $0.hasPrefix(words) } }
    }
}
