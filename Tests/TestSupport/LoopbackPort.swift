import Glibc

/// A free port of 127.0.0.1.
enum LoopbackPort {
    /// Chooses one below those the kernel gives to outgoing connections.
    ///
    /// While its server is stopped, a client that knocks there could otherwise be given the very port as its own and
    /// connect to itself, and then the server could not come back.
    static func choose() throws -> Int {
        for _ in 1...100 {
            let port = Int.random(in: 15_000..<30_000)
            if isFree(port) { return port }
        }
        throw ServerTools.Failure(description: "no port between 15000 and 30000 is free")
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
