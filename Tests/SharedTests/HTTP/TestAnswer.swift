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
