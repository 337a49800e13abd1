import Foundation

/// One GET of a small page, without redirects, within seconds.
///
/// Plain HTTP is spoken here; for TLS and its certificates `curl` is asked, so that the program need not carry a
/// library for the sake of one check.
enum HTTPProbe {
    struct Answer: Sendable, Equatable {
        let status: Int
        let body: String
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// Whether nothing was tried because curl is not installed.
        var needsCurl = false
    }

    private static let seconds = 5
    private static let maximumBytes = 65_536

    static func get(_ address: HTTPAddress) async throws -> Answer {
        try await withCheckedThrowingContinuation { answered in
            // Both ways block.
            Thread.detachNewThread {
                answered.resume(with: Result { address.isEncrypted ? try withCurl(address) : try plainly(address) })
            }
        }
    }

    private static func plainly(_ address: HTTPAddress) throws -> Answer {
        let socket = try connected(address)
        defer { close(socket) }
        let request = "GET \(address.path) HTTP/1.1\r\nHost: \(address.authority)\r\nConnection: close\r\n\r\n"
        guard send(socket, request, request.utf8.count, Int32(MSG_NOSIGNAL)) == request.utf8.count else {
            throw Failure(description: reason())
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 8_192)
        let end = ContinuousClock.now + .seconds(seconds)
        while received.count < maximumBytes, ContinuousClock.now < end {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer.prefix(count)
        }
        return try answer(String(decoding: received, as: UTF8.self))
    }

    /// Tries every address of the name.
    private static func connected(_ address: HTTPAddress) throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, String(address.port), &hints, &list)
        guard code == 0 else { throw Failure(description: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var failure = Failure(description: "the name has no address")
        var next = list
        while let candidate = next?.pointee {
            next = candidate.ai_next
            let descriptor = socket(candidate.ai_family, candidate.ai_socktype, candidate.ai_protocol)
            guard descriptor >= 0 else { continue }
            var limit = timeval(tv_sec: seconds, tv_usec: 0)
            let size = socklen_t(MemoryLayout<timeval>.size)
            // The limit for sending is the one for connecting too.
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
            if connect(descriptor, candidate.ai_addr, candidate.ai_addrlen) == 0 { return descriptor }
            failure = Failure(description: errno == EINPROGRESS ? "no answer in \(seconds) s" : reason())
            close(descriptor)
        }
        throw failure
    }

    private static func withCurl(_ address: HTTPAddress) throws -> Answer {
        let places: [String] = ["/usr/bin/curl", "/usr/local/bin/curl"]
        guard let curl = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw Failure(description: "curl is not installed", needsCurl: true)
        }
        let process = Process()
        process.executableURL = URL(filePath: curl)
        process.arguments = [
            "--silent", "--show-error", "--include", "--http1.1", "--max-time", String(seconds), "--max-filesize",
            String(maximumBytes), "--", address.description,
        ]
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // One after the other: neither is larger than a pipe holds.
        let page = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let text = String(decoding: complaint, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            throw Failure(description: text.isEmpty ? "curl failed (\(process.terminationStatus))" : text)
        }
        return try answer(String(decoding: page, as: UTF8.self))
    }

    /// Reads a response; the body may still be chunked, which a search for words in it does not mind.
    private static func answer(_ text: String) throws -> Answer {
        let first = text.prefix { !$0.isNewline }.split(separator: " ")
        guard first.count >= 2, first[0].hasPrefix("HTTP/1."), let status = Int(first[1]) else {
            throw Failure(description: text.isEmpty ? "no answer in \(seconds) s" : "the answer is not HTTP")
        }
        let body = text.firstRange(of: "\r\n\r\n").map { text[$0.upperBound...] } ?? ""
        return Answer(status: status, body: String(body))
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}

/// An `http` or `https` address without user, query and fragment.
struct HTTPAddress: Sendable, Equatable, CustomStringConvertible {
    let isEncrypted: Bool
    let host: String
    let port: UInt16
    /// Begins with a slash.
    let path: String

    init(host: String, port: UInt16, path: String = "/") {
        isEncrypted = false
        self.host = host
        self.port = port
        self.path = path
    }

    init?(_ text: String) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), var host = parts.host, !host.isEmpty, parts.user == nil,
            parts.query == nil, parts.fragment == nil,
            let port = UInt16(exactly: parts.port ?? (scheme == "https" ? 443 : 80)), port > 0
        else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        isEncrypted = scheme == "https"
        self.host = host
        self.port = port
        path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
    }

    func with(path: String) -> HTTPAddress {
        HTTPAddress(isEncrypted: isEncrypted, host: host, port: port, path: path)
    }

    /// Host and port as a Host field has them.
    var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == (isEncrypted ? 443 : 80) ? host : "\(host):\(port)"
    }

    var description: String { "\(isEncrypted ? "https" : "http")://\(authority)\(path)" }

    private init(isEncrypted: Bool, host: String, port: UInt16, path: String) {
        self.isEncrypted = isEncrypted
        self.host = host
        self.port = port
        self.path = path
    }
}
