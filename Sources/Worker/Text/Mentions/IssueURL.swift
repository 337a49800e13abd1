import Base
import GitHub

/// The address of an issue or pull request on the server of the payload.
struct IssueURL {
    let target: IssueMention.Target

    /// The issue whose address begins at `start`, whatever follows it (`/files`, `#fragment`, `?query`, a full stop).
    init?(in text: [UInt8], at start: Int, on server: GitHubServer) {
        var index = start
        let hasScheme = ["https://", "http://"].contains { Self.skip($0, in: text, at: &index) }
        let hasPrefix = server == .github && Self.skip("www.", in: text, at: &index)
        guard hasScheme || hasPrefix, Self.skip(server.host.utf8, in: text, at: &index),
            Self.skip("/", in: text, at: &index),
            let end = IssueReference.repositoryEnd(in: text, startingAt: index)
        else { return nil }
        let repository = String(decoding: text[index..<end].map(\.lowercased), as: UTF8.self)
        index = end
        guard Self.skip("/issues/", in: text, at: &index) || Self.skip("/pull/", in: text, at: &index),
            let number = IssueNumber(in: text, at: index)
        else { return nil }
        if number.end < text.count {
            let next = text[number.end]
            if next.isWord || next == UInt8(ascii: "-") || next == UInt8(ascii: "%") { return nil }
        }
        target = .github(repository: repository, number: Int64(number.value))
    }

    /// Whether any address begins at `start`.
    static func isURL(_ text: [UInt8], at start: Int) -> Bool {
        guard text[start] | 0x20 == UInt8(ascii: "h") || text[start] | 0x20 == UInt8(ascii: "w") else { return false }
        var index = start
        return ["https://", "http://", "www."].contains { skip($0, in: text, at: &index) }
    }

    /// Whether an address cannot go on with `byte`.
    static func endsURL(_ byte: UInt8) -> Bool {
        byte.isSpace || byte >= MentionText.edge || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
            || byte == UInt8(ascii: "\"")
    }

    /// Moves `index` behind `part`, in whatever case it stands there.
    private static func skip(_ part: StaticString, in text: [UInt8], at index: inout Int) -> Bool {
        part.withUTF8Buffer { skip($0, in: text, at: &index) }
    }

    private static func skip(_ part: some Collection<UInt8>, in text: [UInt8], at index: inout Int) -> Bool {
        let isThere = text[index...].prefix(part.count).elementsEqual(part) { $0.lowercased == $1 }
        if isThere { index += part.count }
        return isThere
    }
}
