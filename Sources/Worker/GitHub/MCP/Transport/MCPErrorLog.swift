import Base

/// What a program writes to its standard error, line by line in our log at debug: not more than a few lines a second,
/// none of them long, and without secrets.
struct MCPErrorLog {
    private let log: Log
    private let token: Secret?
    private var line: [UInt8] = []
    private var second = ContinuousClock.now
    private var count = 0

    private static let maximumLine = 500
    private static let linesInASecond = 20

    init(_ log: Log, hiding token: Secret?) {
        self.log = log
        self.token = token
    }

    mutating func receive(_ bytes: [UInt8]) {
        guard log.writes(.debug) else { return }
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                // A little more than is shown, so that no secret is cut before it is recognized.
                if line.count < 4 * Self.maximumLine { line.append(byte) }
                continue
            }
            write()
            line.removeAll(keepingCapacity: true)
        }
    }

    private mutating func write() {
        if second + .seconds(1) <= .now {
            second = .now
            count = 0
        }
        count += 1
        guard count <= Self.linesInASecond, !line.isEmpty else { return }
        let text = String(decoding: line, as: UTF8.self)
        let shown = GitHubError.withoutSecrets(token?.hidden(in: text) ?? text)
        log(.debug, "the MCP server says", [.reason: String(shown.prefix(Self.maximumLine))])
    }
}

extension Secret {
    /// A text of somebody who knows this secret, without it.
    func hidden(in text: String) -> String { text.replacing(reveal(), with: "<secret>") }
}
